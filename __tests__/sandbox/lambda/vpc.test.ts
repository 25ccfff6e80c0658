import type { Networks } from "../../../sandbox/ec2/networks";
import { createNetworks } from "../../../sandbox/ec2/networks";
import { AwsError } from "../../../sandbox/http";
import { createTestLambda, frankfurt, functionOf, send, type TestLambda } from "./helpers";

/** Subnets and groups named after their VPC, of which there are two. */
const vpcsOf = async (_place: unknown, ids: readonly string[]) =>
  ids.map((id) => {
    const [, vpc] = /-(vpc-[12])\w$/.exec(id) ?? [];
    if (vpc) return vpc;
    throw new AwsError(400, "InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);
  });
const networks: Networks = { subnets: vpcsOf, securityGroups: vpcsOf };

let test: TestLambda;
beforeAll(() => {
  test = createTestLambda(undefined, { networks });
});
afterAll(() => test.close());

const create = (FunctionName: string, VpcConfig?: object) =>
  send(test.lambda, frankfurt, "POST", "/2015-03-31/functions", functionOf("", { FunctionName, VpcConfig }));

it("reads back as it was sent, with the VPC", async () => {
  const VpcConfig = { SubnetIds: ["subnet-vpc-1a", "subnet-vpc-1b"], SecurityGroupIds: ["sg-vpc-1a"] };
  const shown = { ...VpcConfig, VpcId: "vpc-1", Ipv6AllowedForDualStack: false };
  expect(await create("inside", VpcConfig)).toMatchObject({ VpcConfig: shown });
  const change = { Timeout: 4 };
  const path = "/2015-03-31/functions/inside/configuration";
  expect(await send(test.lambda, frankfurt, "PUT", path, change)).toMatchObject({ VpcConfig: shown });
  const none = { SubnetIds: [], SecurityGroupIds: [] };
  expect(await send(test.lambda, frankfurt, "PUT", path, { VpcConfig: none })).toMatchObject({
    VpcConfig: { ...none, VpcId: "" },
  });
  expect(await create("outside")).not.toHaveProperty("VpcConfig");
});

const many = (length: number, kind: string) => Array.from({ length }, () => `${kind}-vpc-1a`);

it.each([
  [
    "a subnet that does not exist",
    ["subnet-9"],
    ["sg-vpc-1a"],
    "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound",
  ],
  ["a group that does not exist", ["subnet-vpc-1a"], ["sg-9"], "Error occurred while DescribeSecurityGroups"],
  ["subnets alone", ["subnet-vpc-1a"], [], "must coexist or be both empty"],
  ["groups of another VPC", ["subnet-vpc-1a"], ["sg-vpc-2a"], "of several VPCs: vpc-1, vpc-2"],
  ["17 subnets", many(17, "subnet"), ["sg-vpc-1a"], "less than or equal to 16"],
  ["6 groups", ["subnet-vpc-1a"], many(6, "sg"), "less than or equal to 5"],
])("is refused with %s", async (_, SubnetIds, SecurityGroupIds, message) => {
  await expect(create("refused", { SubnetIds, SecurityGroupIds })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(message),
  });
});

it("asks EC2 in the function's account and region, and hears what it refuses", async () => {
  const asked: string[] = [];
  const answers = [
    "<subnetSet><item><vpcId>vpc-1</vpcId></item></subnetSet>",
    "<Code>X</Code><Message>no</Message>",
  ];
  const real = createNetworks(async ({ account, body, region, service }) => {
    asked.push(`${service} ${account} ${region} ${body}`);
    const text = answers.shift() ?? "";
    return { status: text.includes("Code") ? 400 : 200, headers: {}, body: Buffer.from(text) };
  });
  expect(await real.subnets(frankfurt, ["subnet-1"])).toEqual(["vpc-1"]);
  await expect(real.securityGroups(frankfurt, ["sg-1"])).rejects.toMatchObject({ code: "X", message: "no" });
  expect(asked).toEqual([
    "ec2 111111111111 eu-central-1 Action=DescribeSubnets&Version=2016-11-15&SubnetId.1=subnet-1",
    "ec2 111111111111 eu-central-1 Action=DescribeSecurityGroups&Version=2016-11-15&GroupId.1=sg-1",
  ]);
});
