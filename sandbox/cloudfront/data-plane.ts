import { randomBytes } from "node:crypto";
import { type FunctionUrls, type HttpRequest, type HttpResponse, isHopByHop } from "../http";
import type { LambdaAtEdge } from "../lambda/at-edge";
import { escapeXml } from "../protocols/errors";
import type { Account, Distribution } from "./account";
import { errorTimeToLive, type ResponseCache, timeToLive } from "./cache";
import type { Behaviour, DistributionModel, Origin } from "./distribution-model";
import { type EdgeLog, type EdgeRequest, onViewerRequest, onViewerResponse } from "./edge-functions";
import type { OriginSelection } from "./function-runtime";
import { type LambdaFailure, onOriginRequest } from "./lambda-edge";
import { askOrigin, fetchWithFailover, type OriginAnswer, type OriginPlan } from "./origin-fetch";
import { cacheKey, normalizedEncodings, originRequest, sentTo } from "./origin-request";
import { behaviourFor } from "./path-pattern";
import { policiesOf } from "./policies";
import { type ViewerRequest, viewerOf, viewerRequest } from "./viewer-request";
import { applyResponseHeadersPolicy, compressed } from "./viewer-response";

/** What requests to distributions need. */
export interface DataPlane {
  readonly urls: FunctionUrls;
  readonly lambdas: LambdaAtEdge;
  readonly cache: ResponseCache;
  readonly log: (entry: EdgeLog) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A response, and what `x-cache` says about it. */
interface Outcome {
  readonly response: HttpResponse;
  readonly result: string;
}

/**
 * Serves a request as the distribution would. The viewer is taken to speak HTTPS, so that a viewer protocol policy
 * never redirects. Not in the sandbox: custom error pages, answers past their time, geographic restrictions, web ACLs, logs, ranges,
 * revalidation, WebSocket.
 */
export async function serve(
  plane: DataPlane,
  account: Account,
  distribution: Distribution,
  incoming: HttpRequest,
): Promise<HttpResponse> {
  const requestId = `${randomBytes(41).toString("base64url")}==`;
  const request = viewerRequest(incoming);
  const behaviour = behaviourFor(distribution.model.behaviours, request.uri);
  if (behaviour === undefined || !distribution.model.enabled) {
    const page = errorPage(403, "The distribution is disabled.", requestId);
    return finish({ response: page, result: "Error" }, requestId, distribution);
  }
  const policies = policiesOf(account, behaviour);
  const viewer = viewerOf(incoming);
  const edge = { account, distribution, behaviour, policies, viewer, requestId, log: plane.log };
  const { response, result } = await outcome(plane, edge, request);
  const ready = compressed(
    response,
    behaviour.compress && policies.cache.maxTtl > 0 ? normalizedEncodings(request, policies) : [],
  );
  const headers = applyResponseHeadersPolicy(policies.responseHeaders, ready.headers);
  const body = request.method === "HEAD" ? Buffer.alloc(0) : ready.body;
  return finish({ response: { ...ready, headers, body }, result }, requestId, distribution);
}

async function outcome(plane: DataPlane, edge: EdgeRequest, request: ViewerRequest): Promise<Outcome> {
  const { behaviour, distribution, requestId } = edge;
  if (!behaviour.allowedMethods.includes(request.method)) {
    const reason =
      "This distribution is not configured to allow the HTTP request method that was used for this request.";
    return { response: errorPage(403, reason, requestId), result: "Error" };
  }
  const root = distribution.model.defaultRootObject;
  const rooted = request.uri === "/" && root !== "" ? { ...request, uri: `/${root}` } : request;
  const decision = await onViewerRequest(edge, rooted);
  if (decision.kind === "failure") return functionFailure(decision.status, decision.result, requestId);
  if (decision.kind === "answer") return { response: decision.response, result: "FunctionGeneratedResponse" };
  const fetched = await fromCacheOrOrigin(plane, edge, decision.request, decision.selection);
  // CloudFront runs no viewer response function for an origin's error.
  if (fetched.response.status >= 400) return fetched;
  const changed = await onViewerResponse(edge, decision.request, fetched.response);
  if (changed.kind === "failure") {
    fetched.response.rest?.destroy();
    return functionFailure(changed.status, changed.result, requestId);
  }
  return { ...fetched, response: changed.response };
}

async function fromCacheOrOrigin(
  plane: DataPlane,
  edge: EdgeRequest,
  request: ViewerRequest,
  selection: OriginSelection | undefined,
): Promise<Outcome> {
  const { account, distribution, behaviour, policies, viewer, requestId } = edge;
  const cacheable =
    behaviour.cachedMethods.includes(request.method) &&
    request.headers.range === undefined &&
    policies.cache.maxTtl > 0;
  // The chosen origin is no part of the key, as on AWS: what the choice depends on has to be.
  const key = cacheKey(request, viewer, policies);
  const hit = cacheable ? plane.cache.get(distribution.id, key) : undefined;
  if (hit !== undefined) {
    const headers = { ...hit.response.headers, age: String(hit.ageSeconds) };
    return { response: { ...hit.response, headers }, result: hit.response.status >= 400 ? "Error" : "Hit" };
  }
  const passage = { requestId, via: viaOf(distribution) };
  const answer = await fetchWithFailover(
    planOf(distribution.model, behaviour, selection),
    failsOver(request.method, behaviour),
    async (origin) => {
      const forwarded = originRequest(request, viewer, policies, origin, passage);
      const decision = await onOriginRequest(plane.lambdas, edge, origin, forwarded);
      if (decision.kind !== "continue") return decision;
      return askOrigin(plane.urls, account, distribution, origin, sentTo(origin, decision.request));
    },
  );
  if (answer.kind === "failure") {
    return { response: errorPage(answer.status, answer.reason, requestId), result: answer.result };
  }
  const response = responseOf(answer, requestId);
  const isError = response.status >= 400;
  const ttl = isError
    ? errorTimeToLive(
        response,
        policies.cache,
        plane.now(),
        distribution.model.errorResponses.get(response.status),
      )
    : timeToLive(response, policies.cache, plane.now());
  const path = request.query === "" ? request.uri : `${request.uri}?${request.query}`;
  if (cacheable && ttl > 0) plane.cache.put(distribution.id, key, path, response, ttl);
  if (answer.kind === "answer") return { response, result: "LambdaGeneratedResponse" };
  return { response, result: isError ? "Error" : "Miss" };
}

/** A response without the headers that belong to the connection to the origin. */
function endToEnd(response: HttpResponse): HttpResponse {
  const kept = Object.entries(response.headers).filter(([name]) => !isHopByHop(name));
  return { ...response, headers: Object.fromEntries(kept) };
}

function planOf(
  { origins, originGroups }: DistributionModel,
  { targetOriginId }: Behaviour,
  selection: OriginSelection | undefined,
): OriginPlan {
  const group = originGroups.get(targetOriginId);
  const ids = selection?.originIds ?? group?.members ?? [targetOriginId];
  return {
    origins: ids.map((id) => origins.get(id)).filter((origin): origin is Origin => origin !== undefined),
    statusCodes: selection?.statusCodes ?? group?.statusCodes ?? [],
  };
}

/** CloudFront fails over reads only; OPTIONS only where the behaviour caches it. */
function failsOver(method: string, behaviour: Behaviour): boolean {
  return (
    method === "GET" ||
    method === "HEAD" ||
    (method === "OPTIONS" && behaviour.cachedMethods.includes(method))
  );
}

/** What the viewer gets for what came of asking; a Lambda function's own response is as good as the origin's. */
function responseOf(answer: Exclude<OriginAnswer, LambdaFailure>, requestId: string): HttpResponse {
  switch (answer.kind) {
    case "response":
    case "answer":
      return endToEnd(answer.response);
    case "timeout":
      return errorPage(
        504,
        "CloudFront attempted to establish a connection with the origin, but the origin did not answer in time.",
        requestId,
      );
    case "unreachable":
      return errorPage(502, "CloudFront wasn't able to connect to the origin.", requestId);
  }
}

function functionFailure(status: number, result: string, requestId: string): Outcome {
  const reason =
    "The CloudFront function associated with the CloudFront distribution is invalid or could not run.";
  return { response: errorPage(status, reason, requestId), result };
}

function finish({ response, result }: Outcome, requestId: string, distribution: Distribution): HttpResponse {
  const { "content-length": length, ...headers } = response.headers;
  const via = viaOf(distribution);
  const { body, rest } = response;
  const known = body.length > 0 ? String(body.length) : length;
  return {
    status: response.status,
    headers: {
      ...headers,
      ...(known === undefined || rest ? {} : { "content-length": known }),
      "x-cache": `${result} from cloudfront`,
      via: headers.via === undefined ? via : `${[headers.via].flat().join(", ")}, ${via}`,
      "x-amz-cf-pop": "SBX50-P1",
      "x-amz-cf-id": requestId,
    },
    body,
    rest,
  };
}

function viaOf(distribution: Distribution): string {
  return `1.1 ${distribution.domain} (CloudFront)`;
}

/** An answer that CloudFront itself gives, as the small page that it shows. */
export function errorPage(status: number, reason: string, requestId: string): HttpResponse {
  const page = `<!DOCTYPE html>
<html><head><title>ERROR: The request could not be satisfied</title></head><body>
<h1>${status} ERROR</h1>
<h2>The request could not be satisfied.</h2>
<p>${escapeXml(reason)}</p>
<pre>Generated by cloudfront (sandbox)
Request ID: ${escapeXml(requestId)}</pre>
</body></html>
`;
  return {
    status,
    headers: { "content-type": "text/html", server: "CloudFront" },
    body: Buffer.from(page),
  };
}
