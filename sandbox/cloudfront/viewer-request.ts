import { type HttpRequest, isHopByHop } from "../http";
import { type Policies, selectsHeader } from "./policies";

/** A request as it arrived at the edge, in the parts that functions and policies speak of. */
export interface ViewerRequest {
  readonly method: string;
  /** The path, without the query string. */
  readonly uri: string;
  /** The query string as sent, without `?`. */
  readonly query: string;
  /** The viewer's headers, `cookie` included, without those that CloudFront strips. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What CloudFront knows about a viewer beside the request. */
export interface Viewer {
  readonly ip: string;
  /** Headers that CloudFront can add, such as `cloudfront-viewer-country`. */
  readonly edgeHeaders: Readonly<Record<string, string>>;
  /** What `cf.edgeLocation.region` says: the expected regional edge cache, which CloudFront does not always know. */
  readonly edgeRegion?: string;
}

/** Takes from a request what CloudFront lets through. */
export function viewerRequest(request: HttpRequest): ViewerRequest {
  const [uri = "/", query = ""] = request.path.split(/\?(.*)/s);
  const kept = Object.entries(request.headers).filter(([name]) => !stripped(name));
  const headers = { ...Object.fromEntries(kept), host: request.host };
  return { method: request.method, uri, query, headers, body: request.body };
}

/**
 * Reads who the viewer is. In the sandbox the request itself says so: `CloudFront-Viewer-Country` (and any other
 * `CloudFront-*` header) stands for what CloudFront would find out, `x-sandbox-edge-region` for the region nearest
 * to the edge location; what it does not say is not known. On AWS a viewer cannot set these.
 */
export function viewerOf(request: HttpRequest): Viewer {
  const own = Object.entries(request.headers).filter(([name]) => name.startsWith("cloudfront-"));
  const edgeHeaders: Record<string, string> = {
    "cloudfront-forwarded-proto": "https",
    ...Object.fromEntries(own),
  };
  const country = edgeHeaders["cloudfront-viewer-country"]?.toUpperCase();
  delete edgeHeaders["cloudfront-viewer-country"];
  if (country !== undefined && /^[A-Z]{2}$/.test(country)) edgeHeaders["cloudfront-viewer-country"] = country;
  return {
    ip: "127.0.0.1",
    edgeHeaders,
    edgeRegion: request.headers["x-sandbox-edge-region"],
  };
}

/** The headers that CloudFront adds because a policy of the behaviour names them. */
export function addedHeaders(viewer: Viewer, policies: Policies): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(viewer.edgeHeaders).filter(([name]) => selectsHeader(policies, name)),
  );
}

/** Name and text of each query string parameter, in order; the text includes the name. */
export function queryPairs(query: string): readonly (readonly [name: string, pair: string])[] {
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => [pair.split("=", 1)[0] ?? "", pair] as const);
}

/** Name and text of each cookie, in order; the text includes the name. */
export function cookiePairs(header: string | undefined): readonly (readonly [name: string, pair: string])[] {
  return (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "")
    .map((pair) => [pair.split("=", 1)[0] ?? "", pair] as const);
}

function stripped(name: string): boolean {
  return (
    isHopByHop(name) ||
    name.startsWith("x-amz-cf-") ||
    name.startsWith("x-edge-") ||
    name.startsWith("x-sandbox-") ||
    name.startsWith("cloudfront-")
  );
}
