import type { Readable } from "node:stream";

/** An HTTP request inside the sandbox, read to its end. Header names are lower case. */
export interface HttpRequest {
  readonly method: string;
  /** The Host header, without the port. */
  readonly host: string;
  /** Path and query string as sent, e.g. `/2015-03-31/functions/hello?Qualifier=live`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An HTTP answer inside the sandbox. Header names are lower case; an array is sent as several headers. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
  /** What follows `body`, as it comes; absent for an answer that is there as a whole. Whoever drops it destroys it. */
  readonly rest?: Readable;
}

/** A signed call to an AWS API: the signature says which service and region, the access key which account. */
export interface AwsCall extends HttpRequest {
  /** The signing name, e.g. `lambda`, `cloudfront`, `s3`. */
  readonly service: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

/** Serves one AWS service. Throws {@link AwsError} for what AWS would refuse. */
export type ServiceHandler = (call: AwsCall) => Promise<HttpResponse>;

/** A service of AWS that is served here, and not by moto. */
export interface OwnService {
  readonly handle: ServiceHandler;
  /** What it serves, by AWS's names of the operations; anything else is refused. */
  readonly operations: readonly string[];
}

/**
 * An error that AWS would answer with: rendered as XML or JSON by the gateway, as the service's protocol wants it.
 *
 * @example throw new AwsError(404, "ResourceNotFoundException", `Function not found: ${arn}`);
 */
export class AwsError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * What is answered where nobody serves a call. A client error: SDKs would repeat a call that failed on the server's side.
 *
 * @param what the service and the operation, e.g. `route53 CreateHostedZone`
 */
export function notServed(what: string): AwsError {
  return new AwsError(400, "NotImplemented", `the sandbox does not serve ${what}`);
}

/** Thrown where a real client would find nobody at the other end: an outage of the region. */
export class Unreachable extends Error {}

/** Who calls a function URL. */
export type Caller =
  | { readonly kind: "distribution"; readonly arn: string }
  | { readonly kind: "principal"; readonly account: string; readonly arn: string }
  | { readonly kind: "anonymous" };

/** The function URLs of the sandbox, as a distribution's origin request or a signed client reaches them. */
export interface FunctionUrls {
  /** Whether `host` is of the form `<id>.lambda-url.<region>.on.aws`. */
  owns(host: string): boolean;
  /**
   * Calls the function behind a URL: authorizes the caller against the function's policy, runs the code, answers.
   *
   * @throws {Unreachable} the URL's region is in an outage, or no such URL exists
   */
  request(request: HttpRequest, caller: Caller): Promise<HttpResponse>;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1, and what belongs to a connection without being named there. */
const hopByHopHeaders: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a header, in lower case, belongs to one connection, so that nobody passes it on. */
export function isHopByHop(name: string): boolean {
  return hopByHopHeaders.has(name);
}
