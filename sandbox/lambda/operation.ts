import type { AwsCall, HttpResponse } from "../http";
import type { CodeStore } from "./code";
import type { Body } from "./configuration";
import type { FunctionId } from "./names";
import type { Store } from "./store";

/** What an operation of Lambda's API works with. */
export interface OperationContext {
  readonly store: Store;
  readonly codeStore: CodeStore;
  readonly call: AwsCall;
  /** The function that the path, or for CreateFunction the body, names. Without a name for what concerns no function. */
  readonly id: FunctionId;
  /** The version or alias that the path or the query names. */
  readonly qualifier?: string;
  /** The rest of the path: an alias name, a statement id. Decoded. */
  readonly item: string;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** The sandbox's own address. */
  readonly endpoint: () => string;
}

/** One operation of Lambda's API that only reads and changes the store. */
export type Operation = (context: OperationContext) => HttpResponse;

/** An answer in JSON, or with no body at all. */
export function ok(body: Body | undefined, status = 200): HttpResponse {
  if (body === undefined) return { status, headers: {}, body: Buffer.alloc(0) };
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(body)) };
}
