import { AwsError } from "../http";
import { mayBeAssumedBy } from "../iam/trust";
import { type EdgeVersion, type LambdaAtEdge, parseVersionArn } from "../lambda/at-edge";
import { globalRegion } from "../services";
import type { Behaviour, DistributionModel, LambdaAssociation } from "./distribution-model";
import { lambdaEdgeEvents } from "./lambda-edge";

/** What CloudFront looks up before it takes a Lambda function to the edge. */
export interface EdgeAccess {
  readonly find: LambdaAtEdge["find"];
  /** Who may assume a role, as JSON; undefined where there is no such role. */
  readonly trustPolicy: (roleArn: string) => Promise<string | undefined>;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge */
interface Quotas {
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  /** Bytes, zipped. */
  readonly codeSize: number;
}

const megabyte = 1_048_576;
const viewerQuotas: Quotas = { timeout: 5, memory: 128, codeSize: megabyte };
const originQuotas: Quotas = { timeout: 30, memory: 10_240, codeSize: 50 * megabyte };
const quotas: Readonly<Record<string, Quotas>> = {
  "viewer-request": viewerQuotas,
  "viewer-response": viewerQuotas,
  "origin-request": originQuotas,
  "origin-response": originQuotas,
};

/** Both run a function at the edge; AWS wants the role to trust both. */
const edgeServices = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] as const;

/**
 * Refuses Lambda functions that CloudFront would refuse, at the first thing found.
 *
 * What is refused: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
 * and https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html. The words of
 * version, region, environment, architecture, quotas and trust are those that people report; the others are ours.
 *
 * @param account that of the distribution
 * @throws {AwsError} 400 `InvalidLambdaFunctionAssociation`
 */
export async function checkLambdas(
  account: string,
  { behaviours }: DistributionModel,
  access: EdgeAccess,
): Promise<void> {
  const checked = new Set<string>();
  for (const behaviour of behaviours) {
    checkCombination(behaviour);
    for (const association of behaviour.lambdas) {
      const key = JSON.stringify(association);
      if (checked.has(key)) continue;
      checked.add(key);
      checkArn(account, association);
      await checkVersion(association, access);
    }
  }
}

/** What a behaviour may combine, whatever the functions are. */
function checkCombination({ functions, lambdas }: Behaviour): void {
  const seen = new Set<string>();
  for (const { eventType, includesBody } of lambdas) {
    if (quotas[eventType] === undefined) throw refused(`The event type is not valid: ${eventType}`);
    if (seen.has(eventType)) {
      throw refused(`A cache behavior can have only one function for each event type: ${eventType}`);
    }
    seen.add(eventType);
    if (eventType.startsWith("viewer-") && functions.size > 0) {
      throw refused(
        "A cache behavior cannot have CloudFront functions and Lambda@Edge functions for viewer events.",
      );
    }
    if (includesBody && !eventType.endsWith("-request")) {
      throw refused(`IncludeBody is for request events only, not for ${eventType}.`);
    }
  }
}

function checkArn(account: string, { arn }: LambdaAssociation): void {
  const version = parseVersionArn(arn);
  if (version === undefined) {
    throw refused(
      `The function ARN must reference a specific function version. (The ARN must end with the version number.) ARN: ${arn}`,
    );
  }
  if (version.id.region !== globalRegion) {
    throw refused(`The function must be in region '${globalRegion}'. ARN: ${arn}`);
  }
  if (version.id.account !== account) {
    throw refused(`The function and the distribution must be owned by the same account. Function: ${arn}`);
  }
}

async function checkVersion({ arn, eventType }: LambdaAssociation, access: EdgeAccess): Promise<void> {
  const version = access.find(arn);
  if (version === undefined) throw refused(`The function does not exist. Function: ${arn}`);
  const problem = featureProblem(version) ?? quotaProblem(version, quotas[eventType] ?? originQuotas);
  if (problem !== undefined) throw refused(`${problem} Function: ${arn}`);
  const { Role } = version.settings;
  const policy = await access.trustPolicy(Role);
  if (policy === undefined || !edgeServices.every((service) => mayBeAssumedBy(policy, service))) {
    throw refused(
      `The function execution role must be assumable with edgelambda.amazonaws.com as well as lambda.amazonaws.com principals. Update the IAM role and try again. Role: ${Role}`,
    );
  }
  if (lambdaEdgeEvents.includes(eventType)) return;
  throw new AwsError(
    400,
    "UnsupportedOperation",
    `The sandbox runs Lambda@Edge functions on ${lambdaEdgeEvents.join(", ")} only, not on ${eventType}.`,
  );
}

/** Dead letter queues and tracing stood on AWS's page in 2023; neither is of use at the edge. */
function featureProblem({ settings }: EdgeVersion): string | undefined {
  const { Architectures, Environment, EphemeralStorage, Layers, TracingConfig } = settings;
  const [architecture] = Architectures.filter((one) => one !== "x86_64");
  const subnets = (settings.VpcConfig as { readonly SubnetIds?: readonly string[] } | undefined)?.SubnetIds;
  const queue = (settings.DeadLetterConfig as { readonly TargetArn?: string } | undefined)?.TargetArn;
  if (Object.keys(Environment?.Variables ?? {}).length > 0) {
    return "The function cannot have environment variables.";
  }
  if (architecture !== undefined) {
    return `Lambda@Edge does not support functions with an architecture of ${architecture}.`;
  }
  if ((Layers ?? []).length > 0) return "The function cannot have layers.";
  if ((subnets ?? []).length > 0) return "The function cannot be in a VPC.";
  if (queue) return "The function cannot have a dead letter queue.";
  if (TracingConfig.Mode === "Active") return "The function cannot use X-Ray.";
  if (EphemeralStorage.Size > 512) return "The function cannot have more than 512 MB of ephemeral storage.";
  return undefined;
}

function quotaProblem({ codeSize, settings }: EdgeVersion, allowed: Quotas): string | undefined {
  const { MemorySize, Timeout } = settings;
  const triggered = "for functions that are triggered by a CloudFront event";
  if (Timeout > allowed.timeout) {
    return `The function timeout is larger than the maximum allowed ${triggered}: ${Timeout} Max allowed: ${allowed.timeout}`;
  }
  if (MemorySize > allowed.memory) {
    return `The function memory size is larger than the maximum allowed size ${triggered}: ${MemorySize} Max allowed: ${allowed.memory}`;
  }
  if (codeSize > allowed.codeSize) {
    return `The function code size is larger than the maximum allowed size ${triggered}: ${codeSize} Max allowed: ${allowed.codeSize}`;
  }
  return undefined;
}

function refused(message: string): AwsError {
  return new AwsError(400, "InvalidLambdaFunctionAssociation", message);
}
