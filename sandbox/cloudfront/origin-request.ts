import type { HttpRequest } from "../http";
import type { Origin } from "./distribution-model";
import { type NameRule, type Policies, selects, selectsHeader } from "./policies";
import { addedHeaders, cookiePairs, queryPairs, type Viewer, type ViewerRequest } from "./viewer-request";

/** What identifies one passage of a request through the edge. */
export interface Passage {
  /** `x-amz-cf-id`. */
  readonly requestId: string;
  /** The value that CloudFront adds to `via`. */
  readonly via: string;
}

/**
 * The request that is for an origin: what the policies let through, and what CloudFront always adds. The origin's own path
 * and headers come last, in {@link sentTo}.
 */
export function originRequest(
  request: ViewerRequest,
  viewer: Viewer,
  policies: Policies,
  origin: Origin,
  { requestId, via }: Passage,
): ViewerRequest {
  const forwarded = Object.entries(request.headers).filter(
    ([name]) => name !== "cookie" && name !== "accept-encoding" && selectsHeader(policies, name),
  );
  const cookie = filtered(cookiePairs(request.headers.cookie), policies, "cookies").join("; ");
  const encodings = acceptEncoding(request, policies);
  const before = request.headers["x-forwarded-for"];
  const headers = {
    host: origin.domainName,
    "user-agent": "Amazon CloudFront",
    ...Object.fromEntries(forwarded),
    ...addedHeaders(viewer, policies),
    ...(cookie === "" ? {} : { cookie }),
    ...(encodings === "" ? {} : { "accept-encoding": encodings }),
    ...(request.body.length === 0 ? {} : { "content-length": String(request.body.length) }),
    "x-forwarded-for": before === undefined ? viewer.ip : `${before}, ${viewer.ip}`,
    via: request.headers.via === undefined ? via : `${request.headers.via}, ${via}`,
    "x-amz-cf-id": requestId,
  };
  return { ...request, query: forwardedQuery(request, policies), headers };
}

/** A request as it is sent to its origin. */
export function sentTo(origin: Origin, { method, uri, query, headers, body }: ViewerRequest): HttpRequest {
  return {
    method,
    host: origin.domainName,
    path: `${origin.path}${uri}${query === "" ? "" : `?${query}`}`,
    headers: { ...headers, ...Object.fromEntries(origin.customHeaders) },
    body,
  };
}

/** What makes two requests to a distribution one object in its cache (developer guide, "Understand the cache key"). */
export function cacheKey(request: ViewerRequest, viewer: Viewer, policies: Policies): string {
  const { cache } = policies;
  const all = { ...request.headers, ...viewer.edgeHeaders };
  const headers = [...cache.headers.names].sort().map((name) => [name, all[name] ?? ""]);
  const cookies = taken(cookiePairs(request.headers.cookie), cache.cookies);
  const query = taken(queryPairs(request.query), cache.queryStrings);
  const encodings = cache.gzip || cache.brotli ? acceptEncoding(request, policies) : "";
  return JSON.stringify([request.method, request.uri, query, headers, cookies, encodings]);
}

/** The compressions that the viewer takes and the cache policy enables, in CloudFront's order of preference. */
export function normalizedEncodings(request: ViewerRequest, policies: Policies): readonly ("br" | "gzip")[] {
  const accepted = (request.headers["accept-encoding"] ?? "")
    .split(",")
    .filter((item) => !/;\s*q=0(\.0*)?\s*$/.test(item))
    .map((item) => item.split(";", 1)[0]?.trim().toLowerCase());
  return [
    ...(policies.cache.brotli && accepted.includes("br") ? (["br"] as const) : []),
    ...(policies.cache.gzip && accepted.includes("gzip") ? (["gzip"] as const) : []),
  ];
}

/** CloudFront normalizes the header where the cache policy enables a compression, and else treats it as any other. */
function acceptEncoding(request: ViewerRequest, policies: Policies): string {
  if (policies.cache.gzip || policies.cache.brotli) return normalizedEncodings(request, policies).join(",");
  return selectsHeader(policies, "accept-encoding") ? (request.headers["accept-encoding"] ?? "") : "";
}

function forwardedQuery(request: ViewerRequest, policies: Policies): string {
  return filtered(queryPairs(request.query), policies, "queryStrings").join("&");
}

function filtered(
  pairs: readonly (readonly [name: string, pair: string])[],
  { cache, originRequest: origin }: Policies,
  part: "cookies" | "queryStrings",
): readonly string[] {
  return pairs
    .filter(([name]) => selects(cache[part], name) || selects(origin[part], name))
    .map(([, pair]) => pair);
}

function taken(pairs: readonly (readonly [name: string, pair: string])[], rule: NameRule): readonly string[] {
  return pairs.filter(([name]) => selects(rule, name)).map(([, pair]) => pair);
}
