import type { HttpResponse } from "../http";
import type { RestOperation } from "../protocols/rest";
import { renderXml, type XmlNode } from "../protocols/xml";
import type { Account, Distribution } from "./account";
import type { EdgeAccess } from "./lambda-checks";

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
  /** The distributions of all accounts, as an alias belongs to one only. */
  readonly everywhere: () => readonly Distribution[];
  /** The Lambda functions that may be taken to the edge. */
  readonly edge: EdgeAccess;
  /** Removes what matches the paths from a distribution's cache. */
  readonly invalidate: (distributionId: string, paths: readonly string[]) => void;
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

/** One operation of CloudFront's API; its path is the one below the version, e.g. `/distribution/{Id}/config`. */
export interface Operation extends RestOperation {
  /** @throws {AwsError} what CloudFront would refuse */
  readonly run: (input: OperationInput) => OperationOutput | Promise<OperationOutput>;
}

const namespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/** An answer that holds a document. */
export function answer(status: number, root: string, value: XmlNode, etag?: string): OperationOutput {
  return { status, content: { root, value }, ...(etag === undefined ? {} : { etag }) };
}

/** The answer of a deletion. */
export const noContent: OperationOutput = { status: 204 };

/** An answer as it is sent. */
export function render(output: OperationOutput): HttpResponse {
  const { content } = output;
  const raw = content === undefined || Buffer.isBuffer(content);
  return {
    status: output.status,
    headers: {
      "content-type": raw ? "application/octet-stream" : "text/xml",
      ...(output.etag === undefined ? {} : { etag: output.etag }),
      ...output.headers,
    },
    body: raw ? (content ?? Buffer.alloc(0)) : renderXml(content.root, content.value, namespace),
  };
}
