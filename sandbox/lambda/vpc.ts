import type { NetworkPlace, Networks } from "../ec2/networks";
import { AwsError } from "../http";
import type { Body } from "./configuration";

interface VpcConfig {
  readonly SubnetIds?: readonly string[];
  readonly SecurityGroupIds?: readonly string[];
  readonly Ipv6AllowedForDualStack?: boolean;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html */
const mostIds = { subnetIds: 16, securityGroupIds: 5 } as const;

function invalid(message: string): AwsError {
  return new AwsError(400, "InvalidParameterValueException", message);
}

function checkCount(name: keyof typeof mostIds, ids: readonly string[]): void {
  if (ids.length <= mostIds[name]) return;
  throw new AwsError(
    400,
    "ValidationException",
    `1 validation error detected: Value '[${ids.join(", ")}]' at 'vpcConfig.${name}' failed to satisfy constraint: Member must have length less than or equal to ${mostIds[name]}`,
  );
}

/**
 * Lambda passes on what EC2 says about an id that it is given; the words around it are those of
 * https://github.com/motdotla/node-lambda/issues/162.
 */
async function asked<T>(action: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid(
      `Error occurred while ${action}. EC2 Error Code: ${error.code}. EC2 Error Message: ${error.message}`,
    );
  }
}

/**
 * A function's network settings as Lambda shows them, with the id of the VPC; undefined where a request has none.
 *
 * Whether the function's role may make network interfaces, which AWS asks as well, is not asked here.
 *
 * @param place the function's
 * @throws {AwsError} 400: too many ids, only subnets or only groups
 * (https://github.com/aws/aws-sdk-js/issues/1293), ids that do not exist, or of several VPCs
 */
export async function readVpcConfig(
  networks: Networks,
  place: NetworkPlace,
  { VpcConfig: sent }: Body,
): Promise<Body | undefined> {
  if (sent == null) return undefined;
  const { SubnetIds = [], SecurityGroupIds = [], Ipv6AllowedForDualStack = false } = sent as VpcConfig;
  checkCount("subnetIds", SubnetIds);
  checkCount("securityGroupIds", SecurityGroupIds);
  if ((SubnetIds.length === 0) !== (SecurityGroupIds.length === 0)) {
    throw invalid("SubnetIds and SecurityIds must coexist or be both empty list.");
  }
  const found = { SubnetIds, SecurityGroupIds, Ipv6AllowedForDualStack };
  if (SubnetIds.length === 0) return { ...found, VpcId: "" };
  const subnets = await asked("DescribeSubnets", networks.subnets(place, SubnetIds));
  const groups = await asked("DescribeSecurityGroups", networks.securityGroups(place, SecurityGroupIds));
  const [VpcId = "", ...others] = new Set([...subnets, ...groups]);
  if (others.length > 0)
    throw invalid(`Subnets and security groups are of several VPCs: ${[VpcId, ...others].join(", ")}`);
  return { ...found, VpcId };
}
