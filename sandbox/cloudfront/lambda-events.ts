import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { HttpResponse } from "../http";
import type { Origin } from "./distribution-model";
import { isDisallowed, readOnlyInOriginRequests } from "./edge-headers";
import type { ViewerRequest } from "./viewer-request";

/** Bytes of a body that a function on origin-request sees, and of a response that it makes. */
const maxBytes = 1_048_576;

/** Bytes of a URI with its query string. */
const maxUri = 8192;

/** Methods whose bodies are read: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-include-body-access.html */
const writes = ["POST", "PUT", "PATCH", "DELETE"];

type HeaderEntries = Readonly<Record<string, readonly { readonly key?: string; readonly value: string }[]>>;

/** Where a request passes, as an event's `config` and `clientIp` show it. */
export interface EdgePassage {
  readonly distributionDomainName: string;
  readonly distributionId: string;
  readonly requestId: string;
  readonly clientIp: string;
}

/** What a function on origin-request gets. */
export type OriginRequestEvent = ReturnType<typeof originRequestEvent>;

/**
 * The event of origin-request: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
 *
 * @param request as it would go to the origin, without the origin's path and own headers
 */
export function originRequestEvent(
  { clientIp, ...passage }: EdgePassage,
  origin: Origin,
  request: ViewerRequest,
  includesBody: boolean,
) {
  const { method, uri, query, headers } = request;
  const custom = {
    customHeaders: entriesOf(origin.customHeaders),
    domainName: origin.domainName,
    keepaliveTimeout: origin.keepaliveTimeoutSeconds,
    path: origin.path,
    port: origin.port,
    protocol: origin.protocol,
    readTimeout: origin.readTimeoutSeconds,
    sslProtocols: origin.sslProtocols,
  };
  const shown = Object.entries(headers).filter(([name]) => !isDisallowed(name));
  return {
    Records: [
      {
        cf: {
          config: { ...passage, eventType: "origin-request" },
          request: {
            ...(includesBody && writes.includes(method) && { body: bodyOf(request) }),
            ...{ clientIp, headers: entriesOf(shown), method },
            ...{ origin: { custom }, querystring: query, uri },
          },
        },
      },
    ] as const,
  };
}

/**
 * The first megabyte, in base64. A DELETE comes with an empty one, whatever the viewer sent (anomalyco/sst 6430), though
 * AWS's page counts it among the methods whose bodies are shown.
 */
function bodyOf({ method, body }: ViewerRequest) {
  const seen = method === "DELETE" ? Buffer.alloc(0) : body.subarray(0, maxBytes);
  return {
    action: "read-only",
    data: seen.toString("base64"),
    encoding: "base64",
    inputTruncated: method !== "DELETE" && body.length > maxBytes,
  };
}

/** Names are in lower case, as they come over HTTP/2. */
function entriesOf(headers: readonly (readonly [name: string, value: string])[]): HeaderEntries {
  return Object.fromEntries(headers.map(([key, value]) => [key, [{ key, value }]]));
}

/** What a function returned is nothing that CloudFront takes; the message is for the viewer. The viewer gets a 502. */
export class LambdaValidationError extends Error {}

/** A function's result that does not hold, in the words of CloudFront's page. */
function failed(reason: string): LambdaValidationError {
  return new LambdaValidationError(`The Lambda function result failed validation: ${reason}`);
}

const headersSchema = z.record(
  z.string(),
  z.array(z.object({ key: z.string().optional(), value: z.string() })),
);

const requestSchema = z.object({
  method: z.string(),
  uri: z.string().startsWith("/"),
  querystring: z.string().optional(),
  headers: headersSchema.default({}),
  origin: z.unknown().optional(),
  body: z
    .object({ action: z.string(), data: z.string().default(""), encoding: z.string().default("base64") })
    .optional(),
});

const responseSchema = z.object({
  status: z.union([z.string(), z.number()]).transform(Number).pipe(z.number().int().min(200).max(599)),
  statusDescription: z.string().optional(),
  headers: headersSchema.default({}),
  body: z.string().default(""),
  bodyEncoding: z.enum(["text", "base64"]).default("text"),
});

/** What is to happen after a function on origin-request: the request goes on, or the function has answered it. */
export type OriginRequestResult =
  | { readonly kind: "request"; readonly request: ViewerRequest }
  | { readonly kind: "response"; readonly response: HttpResponse };

/**
 * Reads what a function on origin-request returned.
 *
 * @param event what it got
 * @param before the request that the event shows
 * @throws {LambdaValidationError}
 */
export function originRequestResult(
  result: unknown,
  event: OriginRequestEvent,
  before: ViewerRequest,
): OriginRequestResult {
  if (typeof result !== "object" || result === null || Array.isArray(result)) {
    throw new LambdaValidationError(
      "The Lambda function returned invalid JSON: The JSON output must be an object type.",
    );
  }
  if ("status" in result) return { kind: "response", response: generatedResponse(result) };
  return { kind: "request", request: changedRequest(result, event, before) };
}

function changedRequest(result: object, event: OriginRequestEvent, before: ViewerRequest): ViewerRequest {
  const after = check(requestSchema, result);
  const shown = event.Records[0].cf.request;
  const query = after.querystring ?? before.query;
  if (after.method !== before.method)
    throw failed("The function tried to change the method, which is read-only.");
  if (Buffer.byteLength(`${after.uri}?${query}`) >= maxUri) throw failed("The URI is too long.");
  if (query !== before.query && /[\s#\p{Cc}]/u.test(query))
    throw failed("The query string has a character that is not allowed.");
  if (after.origin !== undefined && !isDeepStrictEqual(after.origin, shown.origin)) {
    throw failed("The sandbox does not let a function change the origin, which CloudFront would.");
  }
  const hidden = Object.entries(before.headers).filter(([name]) => isDisallowed(name));
  const headers = { ...readHeaders(after.headers, shown.headers), ...Object.fromEntries(hidden) };
  const request = { ...before, uri: after.uri, query, headers };
  // Whoever only reads the body leaves all of it as it was, however much of it was shown.
  if (after.body?.action !== "replace") return request;
  const { data, encoding } = after.body;
  const body = Buffer.from(data, encoding === "text" ? "utf8" : "base64").subarray(0, maxBytes);
  return { ...request, headers: { ...headers, "content-length": String(body.length) }, body };
}

function generatedResponse(result: object): HttpResponse {
  const { body, bodyEncoding, headers, status } = check(responseSchema, result);
  const bytes = Buffer.from(body, bodyEncoding === "base64" ? "base64" : "utf8");
  const isWellEncoded = bodyEncoding === "text" || bytes.toString("base64") === body;
  if (!isWellEncoded || bytes.length + Buffer.byteLength(JSON.stringify(headers)) > maxBytes) {
    throw failed("The body is not a string, is not an object, or exceeds the maximum size.");
  }
  // Cookies are the one header that cannot be joined.
  const cookies = headers["set-cookie"]?.map(({ value }) => value);
  return {
    status,
    headers: { ...readHeaders(headers, {}), ...(cookies && { "set-cookie": cookies }) },
    body: bytes,
  };
}

/** Headers with one text each, after a look at what a function may not touch. */
function readHeaders(entries: HeaderEntries, shown: HeaderEntries): Readonly<Record<string, string>> {
  const read = (from: HeaderEntries): Record<string, string> =>
    Object.fromEntries(
      Object.entries(from)
        .filter(([, values]) => values.length > 0)
        .map(([name, values]) => {
          const separator = name.toLowerCase() === "cookie" ? "; " : ", ";
          return [name.toLowerCase(), values.map(({ value }) => value).join(separator)];
        }),
    );
  const after = read(entries);
  const before = read(shown);
  for (const [name, value] of Object.entries(after)) {
    if (isDisallowed(name)) throw failed(`The function tried to add a header that is not allowed: ${name}.`);
    if (/[\r\n\0]/.test(value)) throw failed(`The header ${name} has a character that is not allowed.`);
  }
  if (readOnlyInOriginRequests.some((name) => after[name] !== before[name])) {
    throw failed("The function tried to add, delete, or change a read-only header.");
  }
  return after;
}

function check<T>(schema: z.ZodType<T>, result: unknown): T {
  const parsed = schema.safeParse(result);
  if (parsed.success) return parsed.data;
  if (parsed.error.issues.some(({ path }) => path[0] === "headers")) {
    throw new LambdaValidationError(
      "The Lambda function returned an invalid entry in the headers object: Each header entry in the headers object must be an array.",
    );
  }
  throw failed(z.prettifyError(parsed.error));
}
