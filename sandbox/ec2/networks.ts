import { AwsError, type ServiceHandler } from "../http";
import { motoCall } from "../moto/proxy";

/** Where a network is. */
export interface NetworkPlace {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** The networks of every account and region, as Lambda asks EC2 for them. */
export interface Networks {
  /**
   * The VPC of each of these subnets.
   *
   * @throws {AwsError} 400, with EC2's code, where one does not exist
   */
  readonly subnets: (place: NetworkPlace, ids: readonly string[]) => Promise<readonly string[]>;
  /**
   * The VPC of each of these security groups.
   *
   * @throws {AwsError} as `subnets` does
   */
  readonly securityGroups: (place: NetworkPlace, ids: readonly string[]) => Promise<readonly string[]>;
}

/** The networks that moto keeps. */
export function createNetworks(moto: ServiceHandler): Networks {
  const vpcs = async (
    { account, region }: NetworkPlace,
    action: string,
    parameter: string,
    ids: readonly string[],
  ): Promise<readonly string[]> => {
    const named = ids.map((id, index) => [`${parameter}.${index + 1}`, id]);
    const parameters = { Action: action, Version: "2016-11-15", ...Object.fromEntries(named) };
    const { body, status } = await moto(
      motoCall({
        ...{ service: "ec2", region, account, accessKeyId: account, method: "POST", path: "/" },
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(parameters).toString(),
      }),
    );
    const text = body.toString();
    if (status !== 200)
      throw new AwsError(400, elementsOf(text, "Code")[0] ?? "", elementsOf(text, "Message")[0] ?? "");
    return elementsOf(text, "vpcId");
  };
  return {
    subnets: (place, ids) => vpcs(place, "DescribeSubnets", "SubnetId", ids),
    securityGroups: (place, ids) => vpcs(place, "DescribeSecurityGroups", "GroupId", ids),
  };
}

function elementsOf(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text = ""]) => text);
}
