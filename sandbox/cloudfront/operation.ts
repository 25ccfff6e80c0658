import { type AwsCall, AwsError, type HttpResponse } from "../http";
import { renderXml, type XmlNode } from "../protocols/xml";
import type { Account } from "./account";

/** What an operation of the API gets to see of a call. */
export interface OperationInput {
  readonly account: Account;
  /** Values of the `{...}` parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly ifMatch: string | undefined;
  readonly body: Buffer;
  /** ISO 8601. */
  readonly now: string;
}

/** An operation's answer. */
export interface OperationOutput {
  readonly status: number;
  readonly etag?: string;
  /** Further headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Raw bytes, or an XML document. */
  readonly content?: Buffer | { readonly root: string; readonly value: XmlNode };
}

/** One operation of CloudFront's API, found by method and path. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  /** Below the API version, e.g. `/distribution/{Id}/config`. */
  readonly path: string;
  /** Tells operations with one method and path apart. */
  readonly when?: (query: URLSearchParams) => boolean;
  /** @throws {AwsError} what CloudFront would refuse */
  readonly run: (input: OperationInput) => OperationOutput;
}

const apiVersion = "2020-05-31";

/**
 * Runs the operation that a call names.
 *
 * @throws {AwsError} from the operation; 400 `UnsupportedOperation` when there is none
 */
export function dispatch(
  operations: readonly Operation[],
  call: AwsCall,
  account: Account,
  now: string,
): HttpResponse {
  const [pathname = "", search = ""] = call.path.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const parts = pathname.split("/").filter((part) => part !== "");
  if (parts[0] === apiVersion) {
    for (const operation of operations) {
      const params = operation.method === call.method ? match(operation.path, parts.slice(1)) : undefined;
      if (params === undefined || operation.when?.(query) === false) continue;
      const ifMatch = call.headers["if-match"];
      return render(operation.run({ account, params, query, ifMatch, body: call.body, now }));
    }
  }
  throw new AwsError(
    400,
    "UnsupportedOperation",
    `The sandbox does not implement this operation of cloudfront: ${call.method} ${pathname}${search === "" ? "" : `?${search}`}.`,
  );
}

/** An answer that holds a document. */
export function answer(status: number, root: string, value: XmlNode, etag?: string): OperationOutput {
  return { status, content: { root, value }, ...(etag === undefined ? {} : { etag }) };
}

/** The answer of a deletion. */
export const noContent: OperationOutput = { status: 204 };

function match(template: string, parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  const wanted = template.split("/").slice(1);
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const name = /^\{(.+)\}$/.exec(wanted[index] ?? "")?.[1];
    if (name !== undefined) params[name] = decodeURIComponent(part);
    else if (wanted[index] !== part) return undefined;
  }
  return params;
}

function render(output: OperationOutput): HttpResponse {
  const { content } = output;
  const raw = content === undefined || Buffer.isBuffer(content);
  return {
    status: output.status,
    headers: {
      "content-type": raw ? "application/octet-stream" : "text/xml",
      ...(output.etag === undefined ? {} : { etag: output.etag }),
      ...output.headers,
    },
    body: raw ? (content ?? Buffer.alloc(0)) : renderXml(content.root, content.value),
  };
}
