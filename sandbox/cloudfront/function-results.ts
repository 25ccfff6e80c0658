import { z } from "zod";
import type { HttpResponse } from "../http";
import { type EventRequest, type EventValues, pairsOf, setCookies } from "./function-events";
import { isHopByHop, type ViewerRequest } from "./viewer-request";

/** What a function returned is not a request or response that CloudFront takes. The viewer gets a 502. */
export class FunctionValidationError extends Error {}

const values = z.record(
  z.string(),
  z.object({
    value: z.string(),
    multiValue: z.array(z.object({ value: z.string() })).optional(),
    attributes: z.string().optional(),
  }),
);

const requestSchema = z.object({
  method: z.string(),
  uri: z.string().startsWith("/"),
  querystring: values.default({}),
  headers: values.default({}),
  cookies: values.default({}),
});

const responseSchema = z.object({
  statusCode: z.number().int().min(100).max(599),
  statusDescription: z.string().optional(),
  headers: values.default({}),
  cookies: values.default({}),
  body: z
    .union([z.string(), z.object({ encoding: z.enum(["text", "base64"]).default("text"), data: z.string() })])
    .optional(),
});

/** Headers that a viewer request function can read, not change ("Restrictions on all edge functions"). */
const READ_ONLY = ["content-length", "host", "transfer-encoding", "via"];

/** Whether a function answers by itself instead of passing the request on. */
export function isResponse(result: unknown): boolean {
  return typeof result === "object" && result !== null && "statusCode" in result;
}

/**
 * The request that a viewer request function passes on.
 *
 * @throws {FunctionValidationError}
 */
export function changedRequest(result: unknown, before: ViewerRequest, shown: EventRequest): ViewerRequest {
  const after = check(requestSchema, result);
  if (after.method !== before.method)
    throw new FunctionValidationError("A function cannot change the method.");
  const headers = headersOf(after.headers);
  for (const name of READ_ONLY) {
    if (headers[name] !== shown.headers[name]?.value) {
      throw new FunctionValidationError(`The header ${name} is read-only.`);
    }
  }
  const cookie = same(after.cookies, shown.cookies)
    ? before.headers.cookie
    : pairsOf(after.cookies).join("; ");
  const query = same(after.querystring, shown.querystring)
    ? before.query
    : pairsOf(after.querystring).join("&");
  const kept = Object.entries(headers).filter(
    ([name]) => !name.startsWith("cloudfront-") && name !== "cookie",
  );
  return {
    ...before,
    uri: after.uri,
    query,
    headers: { ...Object.fromEntries(kept), ...(cookie === undefined || cookie === "" ? {} : { cookie }) },
  };
}

/**
 * The response that a function gives: its own, or the changed one of the origin.
 *
 * @param body - what stays where the function sets no body
 * @throws {FunctionValidationError}
 */
export function functionResponse(result: unknown, body: Buffer): HttpResponse {
  const answer = check(responseSchema, result);
  const cookies = setCookies(answer.cookies);
  const headers = {
    ...headersOf(answer.headers),
    ...(cookies.length === 0 ? {} : { "set-cookie": cookies }),
  };
  if (answer.body === undefined) return { status: answer.statusCode, headers, body };
  const { encoding, data } =
    typeof answer.body === "string" ? { encoding: "text", data: answer.body } : answer.body;
  return {
    status: answer.statusCode,
    headers,
    body: Buffer.from(data, encoding === "base64" ? "base64" : "utf8"),
  };
}

function headersOf(headers: EventValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, { value, multiValue }]) => {
      if (name !== name.toLowerCase())
        throw new FunctionValidationError(`The header ${name} is not in lower case.`);
      if (disallowed(name)) throw new FunctionValidationError(`A function cannot set the header ${name}.`);
      return [name, multiValue === undefined ? value : multiValue.map((item) => item.value).join(", ")];
    }),
  );
}

/** Headers that functions cannot see or set, where they matter here ("Restrictions on all edge functions"). */
function disallowed(name: string): boolean {
  return (
    (isHopByHop(name) && name !== "te" && name !== "transfer-encoding") ||
    /^x-(accel|amz-cf|edge)-/.test(name) ||
    name === "x-cache" ||
    name === "x-real-ip"
  );
}

function same(a: EventValues, b: EventValues): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function check<T>(schema: z.ZodType<T>, result: unknown): T {
  const parsed = schema.safeParse(result);
  if (parsed.success) return parsed.data;
  throw new FunctionValidationError(
    `The function returned an invalid value: ${z.prettifyError(parsed.error)}`,
  );
}
