import type { HttpResponse } from "../http";

/** Headers that belong to the connection, which a handler cannot set. */
const HOP_BY_HOP = new Set(["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"]);

/** What a function URL answers when the function failed, timed out, or returned something that is no answer. */
export const badGateway: HttpResponse = {
  status: 502,
  headers: { "content-type": "application/json" },
  body: Buffer.from("Internal Server Error"),
};

function headersOf(headers: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((headers ?? {}) as Record<string, unknown>)
      .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
      .filter(([name]) => !HOP_BY_HOP.has(name)),
  );
}

/**
 * Turns what a handler returned into the answer of its URL: an object with a `statusCode` says what to answer, anything
 * else is the body itself, as JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 *
 * @param json the handler's result as JSON
 */
export function urlResponse(json: string): HttpResponse {
  const result: unknown = JSON.parse(json);
  if (!(result instanceof Object) || !("statusCode" in result)) {
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(json) };
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = result as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return badGateway;
  if (body != null && typeof body !== "string") return badGateway;
  return {
    status,
    headers: {
      "content-type": "application/json",
      ...headersOf(headers),
      ...(Array.isArray(cookies) && cookies.length > 0 && { "set-cookie": cookies.map(String) }),
    },
    body: Buffer.from(body ?? "", isBase64Encoded === true ? "base64" : "utf8"),
  };
}
