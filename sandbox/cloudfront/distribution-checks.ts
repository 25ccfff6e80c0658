import { AwsError } from "../http";
import { globalRegion } from "../services";
import type { Account, ConfigKind } from "./account";
import type { Behaviour, DistributionModel, Origin, OriginGroup } from "./distribution-model";
import { managedPolicies } from "./managed-policies";

/** Status codes that an origin group may fail over on (API reference, `OriginGroupFailoverCriteria`). */
export const failoverStatusCodes: readonly number[] = [400, 403, 404, 416, 429, 500, 502, 503, 504];

/** Status codes that can be customized (API reference, `CustomErrorResponse`). */
const errorCodes: readonly number[] = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

const methodSets = ["GET,HEAD", "GET,HEAD,OPTIONS", "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"];

/**
 * Refuses a distribution that CloudFront would refuse, at the first thing found, as CloudFront does. Covers what
 * people trip over, not everything; quotas are the default ones.
 *
 * @throws {AwsError} with CloudFront's code
 */
export function checkDistribution(account: Account, model: DistributionModel): void {
  if (model.origins.size === 0) throw invalid("The distribution must have at least one origin.");
  if (model.origins.size > 100)
    throw new AwsError(
      400,
      "TooManyOrigins",
      "Your request contains more origins than are allowed per distribution.",
    );
  if (model.originGroups.size > 10) {
    throw new AwsError(
      400,
      "TooManyOriginGroupsPerDistribution",
      "Your request contains more origin groups than are allowed per distribution.",
    );
  }
  if (model.behaviours.length > 75) {
    throw new AwsError(
      400,
      "TooManyCacheBehaviors",
      "Your request contains more cache behaviors than are allowed per distribution.",
    );
  }
  checkCertificate(model);
  for (const code of model.errorResponses.keys()) {
    if (!errorCodes.includes(code)) {
      throw new AwsError(400, "InvalidErrorCode", `An invalid error code was specified: ${code}`);
    }
  }
  for (const origin of model.origins.values()) checkOrigin(account, origin);
  for (const group of model.originGroups.values()) checkOriginGroup(model, group);
  for (const behaviour of model.behaviours) checkBehaviour(account, model, behaviour);
}

/**
 * Whether the certificate was issued and covers the aliases is left to AWS; the messages are those people report.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
 */
function checkCertificate({ aliases, certificate }: DistributionModel): void {
  const refuse = (message: string) => new AwsError(400, "InvalidViewerCertificate", message);
  if (aliases.length > 0 && certificate === "") {
    throw refuse(
      "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name.",
    );
  }
  const [, , service, region] = certificate.split(":");
  if (service === "acm" && region !== globalRegion) {
    throw refuse(
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    );
  }
}

function checkOrigin(account: Account, origin: Origin): void {
  const { accessControlId, readTimeoutSeconds } = origin;
  if (accessControlId !== "" && !account.configs.originAccessControl.has(accessControlId)) {
    throw new AwsError(
      400,
      "InvalidOriginAccessControl",
      `The origin access control is not valid: ${accessControlId}`,
    );
  }
  if (!(readTimeoutSeconds >= 1 && readTimeoutSeconds <= 120)) {
    throw new AwsError(
      400,
      "InvalidOriginReadTimeout",
      "The read timeout specified for the origin is not valid.",
    );
  }
}

function checkOriginGroup(model: DistributionModel, group: OriginGroup): void {
  if (group.members.length !== 2) {
    throw invalid(`The origin group ${group.id} must have exactly two members.`);
  }
  if (!group.members.every((member) => model.origins.has(member))) throw noSuchOrigin();
  const wrong = group.statusCodes.find((code) => !failoverStatusCodes.includes(code));
  if (wrong !== undefined || group.statusCodes.length === 0) {
    throw invalid(
      `The origin group ${group.id} has an invalid failover status code: ${wrong ?? "none given"}.`,
    );
  }
}

function checkBehaviour(account: Account, model: DistributionModel, behaviour: Behaviour): void {
  const { allowedMethods, targetOriginId, cachePolicyId } = behaviour;
  const isGroup = model.originGroups.has(targetOriginId);
  if (!isGroup && !model.origins.has(targetOriginId)) throw noSuchOrigin();
  if (!methodSets.includes([...allowedMethods].sort().join())) {
    throw invalid("The parameter AllowedMethods is invalid.");
  }
  if (isGroup && allowedMethods.includes("POST")) {
    throw invalid(
      "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group.",
    );
  }
  if (cachePolicyId === "") {
    throw new AwsError(
      400,
      "UnsupportedOperation",
      "The sandbox needs a CachePolicyId in each cache behavior; ForwardedValues is not implemented.",
    );
  }
  checkPolicy(account, "cachePolicy", "NoSuchCachePolicy", cachePolicyId);
  checkPolicy(account, "originRequestPolicy", "NoSuchOriginRequestPolicy", behaviour.originRequestPolicyId);
  checkPolicy(
    account,
    "responseHeadersPolicy",
    "NoSuchResponseHeadersPolicy",
    behaviour.responseHeadersPolicyId,
  );
  for (const [eventType, arn] of behaviour.functions) checkFunction(account, eventType, arn);
}

function checkPolicy(account: Account, kind: ConfigKind, code: string, id: string): void {
  if (id === "" || account.configs[kind].has(id) || managedPolicies(kind).has(id)) return;
  throw new AwsError(404, code, `The specified policy does not exist: ${id}`);
}

/** Only a published function of the distribution's own account can be associated (edge function restrictions). */
function checkFunction(account: Account, eventType: string, arn: string): void {
  const found = [...account.functions.values()].find((fn) => fn.arn === arn);
  const problem =
    found === undefined
      ? `The function does not exist: ${arn}`
      : found.live === undefined
        ? `The function is not published to the LIVE stage: ${arn}`
        : ["viewer-request", "viewer-response"].includes(eventType)
          ? undefined
          : `The event type is not supported by CloudFront Functions: ${eventType}`;
  if (problem !== undefined) throw new AwsError(400, "InvalidFunctionAssociation", problem);
}

function noSuchOrigin(): AwsError {
  return new AwsError(404, "NoSuchOrigin", "One or more of your origins or origin groups do not exist.");
}

function invalid(message: string): AwsError {
  return new AwsError(400, "InvalidArgument", message);
}
