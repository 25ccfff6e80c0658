import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { type Caller, type HttpRequest, type HttpResponse, isHopByHop } from "../http";

/** Bodies of these types reach the handler as text, all others as base64. */
const textTypes = /^(text\/|application\/([a-z.+-]+\+)?(json|xml|javascript)\b)/;

function bodyOf({ body, headers }: HttpRequest): {
  readonly body?: string;
  readonly isBase64Encoded: boolean;
} {
  if (body.length === 0) return { isBase64Encoded: false };
  const type = headers["content-type"];
  const isText = (type === undefined || textTypes.test(type)) && isUtf8(body);
  return { body: body.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}

/** `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(time.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}

function callerOf(caller: Caller) {
  if (caller.kind === "anonymous") return { accountId: "anonymous" };
  if (caller.kind === "distribution") return { accountId: caller.arn.split(":")[4] };
  const { account, arn } = caller;
  return {
    accountId: account,
    authorizer: { iam: { accountId: account, userArn: arn, cognitoIdentity: null } },
  };
}

/**
 * The event that a function URL hands to its function: payload format 2.0.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function urlEvent(request: HttpRequest, caller: Caller, requestId: string, now: Date): unknown {
  const { host, method, path, headers } = request;
  const mark = path.indexOf("?");
  const rawPath = mark < 0 ? path : path.slice(0, mark);
  const rawQueryString = mark < 0 ? "" : path.slice(mark + 1);
  const query = new URLSearchParams(rawQueryString);
  const names = [...new Set(query.keys())];
  const { cookie, ...others } = headers;
  const urlId = host.split(".")[0];
  const seconds = Math.floor(now.getTime() / 1000).toString(16);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookie && { cookies: cookie.split(/;\s*/) }),
    headers: {
      "x-amzn-trace-id": `Root=1-${seconds}-${randomBytes(12).toString("hex")}`,
      "x-forwarded-proto": "https",
      "x-forwarded-port": "443",
      "x-forwarded-for": "127.0.0.1",
      ...others,
      host,
    },
    ...(names.length > 0 && {
      queryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name).join(",")])),
    }),
    requestContext: {
      ...callerOf(caller),
      apiId: urlId,
      domainName: host,
      domainPrefix: urlId,
      http: {
        method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: headers["x-forwarded-for"]?.split(/,\s*/)[0] ?? "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: "$default",
      stage: "$default",
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...bodyOf(request),
  };
}

/** What a function URL answers when the function failed, timed out, or returned something that is no answer. */
export const badGateway: HttpResponse = {
  status: 502,
  headers: { "content-type": "application/json" },
  body: Buffer.from("Internal Server Error"),
};

function headersOf(headers: unknown, cookies: unknown): HttpResponse["headers"] {
  const entries = Object.entries((headers ?? {}) as Record<string, unknown>)
    .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
    // A handler cannot set what belongs to the connection.
    .filter(([name]) => !isHopByHop(name) && name !== "content-length");
  return {
    ...Object.fromEntries(entries),
    ...(Array.isArray(cookies) && cookies.length > 0 && { "set-cookie": cookies.map(String) }),
  };
}

/** Status and headers out of what a handler said of its answer; undefined when it is no status. */
export function urlAnswerHead(
  { statusCode, headers, cookies }: Readonly<Record<string, unknown>>,
  contentType: string,
): Pick<HttpResponse, "status" | "headers"> | undefined {
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  return { status, headers: { "content-type": contentType, ...headersOf(headers, cookies) } };
}

/** What a handler returned, or undefined when it is no JSON, as what a streaming handler writes. */
function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}

/**
 * Turns what a handler returned into the answer of its URL: an object with a `statusCode` says what to answer, anything
 * else is the body itself, as JSON. So is, metadata included, what a streaming handler wrote: a URL that buffers does not
 * look for metadata (https://github.com/aws/aws-lambda-web-adapter/issues/476, on Invoke).
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 *
 * @param payload the handler's result as JSON
 */
export function urlResponse(payload: Buffer): HttpResponse {
  const result = parsed(payload);
  if (!(result instanceof Object) || !("statusCode" in result)) return wholePayload(payload);
  const { body, isBase64Encoded } = result as Record<string, unknown>;
  const head = urlAnswerHead({ ...result }, "application/json");
  if (!head || (body != null && typeof body !== "string")) return badGateway;
  return { ...head, body: Buffer.from(body ?? "", isBase64Encoded === true ? "base64" : "utf8") };
}

/** An answer that is what the handler returned, uninterpreted. */
export function wholePayload(payload: Buffer): HttpResponse {
  return { status: 200, headers: { "content-type": "application/json" }, body: payload };
}
