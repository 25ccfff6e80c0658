import type { HttpResponse } from "../http";
import type { LambdaAtEdge } from "../lambda/at-edge";
import type { Origin } from "./distribution-model";
import type { EdgeRequest } from "./edge-functions";
import { LambdaValidationError, originRequestEvent, originRequestResult } from "./lambda-events";
import type { ViewerRequest } from "./viewer-request";

/** The events on which the sandbox runs Lambda functions. */
export const lambdaEdgeEvents: readonly string[] = ["origin-request"];

/** What a function on origin-request decided. */
export type OriginRequestDecision =
  | { readonly kind: "continue"; readonly request: ViewerRequest }
  | { readonly kind: "answer"; readonly response: HttpResponse }
  | LambdaFailure;

/** A Lambda function that failed; `result` is what `x-cache` says, `reason` what CloudFront's page does. */
export interface LambdaFailure {
  readonly kind: "failure";
  readonly status: 502 | 503;
  readonly result: "LambdaExecutionError" | "LambdaLimitExceeded" | "LambdaValidationError";
  readonly reason: string;
}

/**
 * Runs the behaviour's Lambda function on origin-request, if it has one: for each origin that is asked, so twice where an
 * origin group fails over
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html#concept_origin_groups.lambda).
 *
 * @param request as it would go to the origin
 */
export async function onOriginRequest(
  lambdas: LambdaAtEdge,
  edge: EdgeRequest,
  origin: Origin,
  request: ViewerRequest,
): Promise<OriginRequestDecision> {
  const { behaviour, distribution, requestId, viewer } = edge;
  const association = behaviour.lambdas.find(({ eventType }) => eventType === "origin-request");
  if (association === undefined) return { kind: "continue", request };
  const { arn, includesBody } = association;
  const log = (message: string) =>
    edge.log({ distributionId: distribution.id, functionName: arn, requestId, message });
  const passage = {
    distributionDomainName: distribution.domain,
    distributionId: distribution.id,
    requestId,
    clientIp: viewer.ip,
  };
  const event = originRequestEvent(passage, origin, request, includesBody);
  const run = await lambdas.run(arn, event);
  if (run.kind !== "returned") {
    log(run.kind === "failed" ? run.message : "more invocations at once than it may have");
    return run.kind === "failed" ? executionError : limitExceeded;
  }
  try {
    const result = originRequestResult(run.result, event, request);
    return result.kind === "request"
      ? { kind: "continue", request: result.request }
      : { kind: "answer", response: result.response };
  } catch (error) {
    if (!(error instanceof LambdaValidationError)) throw error;
    log(error.message);
    return { kind: "failure", status: 502, result: "LambdaValidationError", reason: error.message };
  }
}

/** An exception, a process that ended, or no result in time (serverless-nextjs/serverless-next.js 181). */
const executionError: LambdaFailure = {
  kind: "failure",
  status: 503,
  result: "LambdaExecutionError",
  reason:
    "The Lambda function associated with the CloudFront distribution is invalid or doesn't have the required permissions.",
};

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html#http-503-lambda-limit-exceeded-error; the words are ours. */
const limitExceeded: LambdaFailure = {
  kind: "failure",
  status: 503,
  result: "LambdaLimitExceeded",
  reason: "The Lambda function associated with the CloudFront distribution was throttled.",
};
