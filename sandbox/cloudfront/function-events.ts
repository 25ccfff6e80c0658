import { z } from "zod";
import type { HttpResponse } from "../http";
import { isDisallowed, readOnlyInViewerRequests } from "./edge-headers";
import { cookiePairs, queryPairs, type ViewerRequest } from "./viewer-request";

/** A value in an event, as header, cookie or query string: one, or all where a name occurs several times. */
export interface EventValue {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
  /** Of a response's cookie. */
  readonly attributes?: string;
}

/** Values by name. */
export type EventValues = Readonly<Record<string, EventValue>>;

/** The `request` of an event (developer guide, "CloudFront Functions event structure"). */
export interface EventRequest {
  readonly method: string;
  readonly uri: string;
  readonly querystring: EventValues;
  readonly headers: EventValues;
  readonly cookies: EventValues;
}

/** The `response` of a viewer response event. */
export interface EventResponse {
  readonly statusCode: number;
  readonly statusDescription?: string;
  readonly headers: EventValues;
  readonly cookies: EventValues;
}

/** A distribution and a passage through it, as an event's `context` and `viewer` show them. */
export interface EventContext {
  readonly distributionDomainName: string;
  readonly distributionId: string;
  readonly eventType: "viewer-request" | "viewer-response";
  readonly requestId: string;
  readonly ip: string;
}

/** An event of version 1.0. */
export function functionEvent(
  { ip, ...context }: EventContext,
  request: EventRequest,
  response?: EventResponse,
) {
  return {
    version: "1.0",
    context,
    viewer: { ip },
    request,
    ...(response === undefined ? {} : { response }),
  };
}

/**
 * A request as a function sees it.
 *
 * @param added - headers that CloudFront adds because a policy names them
 */
export function eventRequest(request: ViewerRequest, added: Readonly<Record<string, string>>): EventRequest {
  const { cookie, ...headers } = { ...request.headers, ...added };
  return {
    method: request.method,
    uri: request.uri,
    querystring: grouped(queryPairs(request.query)),
    headers: single(shown(headers)),
    cookies: grouped(cookiePairs(cookie)),
  };
}

/** A response as a viewer response function sees it; the body is not shown. */
export function eventResponse(response: HttpResponse): EventResponse {
  const { "set-cookie": cookies = [], ...headers } = response.headers;
  const all = typeof cookies === "string" ? [cookies] : cookies;
  const cookieValues = all.map((cookie): readonly [string, EventValue] => {
    const [pair = "", ...attributes] = cookie.split(";");
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    return [
      name.trim(),
      { value, ...(attributes.length === 0 ? {} : { attributes: attributes.join(";").trim() }) },
    ];
  });
  const joined = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")] as const);
  return {
    statusCode: response.status,
    headers: single(shown(Object.fromEntries(joined))),
    cookies: Object.fromEntries(cookieValues),
  };
}

/** The texts of the values, each with its name, in the form of a query string or a cookie header. */
function pairsOf(values: EventValues): readonly string[] {
  return Object.entries(values).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((item) => (item.value === "" ? name : `${name}=${item.value}`)),
  );
}

/** `Set-Cookie` headers of a response's cookies. */
function setCookies(cookies: EventValues): readonly string[] {
  return Object.entries(cookies).map(
    ([name, { value, attributes }]) => `${name}=${value}${attributes ? `; ${attributes}` : ""}`,
  );
}

/** Headers without those that are kept from functions. */
function shown<T>(headers: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isDisallowed(name)));
}

/** Headers that are kept from functions, and so stay as they were. */
function hidden<T>(headers: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isDisallowed(name)));
}

function single(headers: Readonly<Record<string, string>>): EventValues {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }]));
}

function grouped(pairs: readonly (readonly [name: string, pair: string])[]): EventValues {
  const values = new Map<string, string[]>();
  for (const [name, pair] of pairs) {
    values.set(name, [...(values.get(name) ?? []), pair.slice(name.length + 1)]);
  }
  return Object.fromEntries(
    [...values].map(([name, [value = "", ...more]]) => {
      const multiValue = [value, ...more].map((item) => ({ value: item }));
      return [name, more.length === 0 ? { value } : { value, multiValue }];
    }),
  );
}

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

/** Whether a function answers by itself instead of passing the request on. */
export function isResponse(result: unknown): boolean {
  return typeof result === "object" && result !== null && "statusCode" in result;
}

/**
 * The request that a viewer request function passes on.
 *
 * @throws {FunctionValidationError}
 */
export function changedRequest(result: unknown, before: ViewerRequest, event: EventRequest): ViewerRequest {
  const after = check(requestSchema, result);
  if (after.method !== before.method)
    throw new FunctionValidationError("A function cannot change the method.");
  const headers = headersOf(after.headers);
  for (const name of readOnlyInViewerRequests) {
    if (headers[name] !== event.headers[name]?.value) {
      throw new FunctionValidationError(`The header ${name} is read-only.`);
    }
  }
  const cookie = same(after.cookies, event.cookies)
    ? before.headers.cookie
    : pairsOf(after.cookies).join("; ");
  const query = same(after.querystring, event.querystring)
    ? before.query
    : pairsOf(after.querystring).join("&");
  const kept = Object.entries(headers).filter(
    ([name]) => !name.startsWith("cloudfront-") && name !== "cookie",
  );
  return {
    ...before,
    uri: after.uri,
    query,
    headers: {
      ...Object.fromEntries(kept),
      ...hidden(before.headers),
      ...(cookie === undefined || cookie === "" ? {} : { cookie }),
    },
  };
}

/**
 * The response that a function gives: its own, or the changed one of the origin.
 *
 * @param before what the function was shown, if it was; its body stays where the function sets none
 * @throws {FunctionValidationError}
 */
export function functionResponse(
  result: unknown,
  before: Pick<HttpResponse, "headers" | "body"> = { headers: {}, body: Buffer.alloc(0) },
): HttpResponse {
  const answer = check(responseSchema, result);
  const cookies = setCookies(answer.cookies);
  const headers = {
    ...hidden(before.headers),
    ...headersOf(answer.headers),
    ...(cookies.length === 0 ? {} : { "set-cookie": cookies }),
  };
  if (answer.body === undefined) return { status: answer.statusCode, headers, body: before.body };
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
      if (isDisallowed(name)) throw new FunctionValidationError(`A function cannot set the header ${name}.`);
      return [name, multiValue === undefined ? value : multiValue.map((item) => item.value).join(", ")];
    }),
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
