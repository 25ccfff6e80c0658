import type { HttpResponse } from "../http";
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
    headers: single(headers),
    cookies: grouped(cookiePairs(cookie)),
  };
}

/** A response as a viewer response function sees it; the body is not shown. */
export function eventResponse(response: HttpResponse): EventResponse {
  const { "set-cookie": cookies = [], ...headers } = response.headers;
  const all = typeof cookies === "string" ? [cookies] : cookies;
  const shown = all.map((cookie): readonly [string, EventValue] => {
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
    headers: single(Object.fromEntries(joined)),
    cookies: Object.fromEntries(shown),
  };
}

/** The texts of the values, each with its name, in the form of a query string or a cookie header. */
export function pairsOf(values: EventValues): readonly string[] {
  return Object.entries(values).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((item) => (item.value === "" ? name : `${name}=${item.value}`)),
  );
}

/** `Set-Cookie` headers of a response's cookies. */
export function setCookies(cookies: EventValues): readonly string[] {
  return Object.entries(cookies).map(
    ([name, { value, attributes }]) => `${name}=${value}${attributes ? `; ${attributes}` : ""}`,
  );
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
