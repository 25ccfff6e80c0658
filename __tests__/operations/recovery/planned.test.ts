import { plannedOf, type ShownPlan } from "../../../operations/recovery/planned";

const change = (address: string, ...actions: readonly string[]) => ({
  ...{ address, mode: "managed", type: address.split(".")[0] ?? "" },
  change: { actions, after: actions.includes("delete") ? null : { name: "n" } },
});

const plan: ShownPlan = {
  resource_changes: [
    change("aws_iam_role.made", "create"),
    change('aws_organizations_account.accounts["a.b"]', "create"),
    change("aws_iam_role.replaced", "delete", "create"),
    change("aws_iam_role.changed", "update"),
    change("aws_iam_role.same", "no-op"),
    { ...change("aws_iam_role.read", "create"), mode: "data" },
    change("aws_iam_role.nowhere", "create"),
  ],
  prior_state: {
    values: {
      root_module: {
        resources: [
          { address: "aws_iam_role.same", mode: "managed", type: "aws_iam_role", values: { name: "same" } },
          {
            ...{ address: "aws_lambda_function.left", mode: "managed", type: "aws_lambda_function" },
            values: { arn: "arn:aws:lambda:eu-west-3:333333333333:function:left" },
          },
          { address: "data.aws_region.here", mode: "data", type: "aws_region" },
        ],
      },
    },
  },
  configuration: {
    provider_config: {
      "aws.globex_eu_west_1": { expressions: { region: { constant_value: "eu-west-1" } } },
    },
    root_module: {
      resources: ["aws_iam_role.made", "aws_iam_role.same", "aws_organizations_account.accounts"].map(
        (address) => ({
          ...{ address, provider_config_key: "aws.globex_eu_west_1" },
        }),
      ),
    },
  },
};

test("a plan's creates are found, with their regions, and replacements are none", () => {
  const { creates } = plannedOf(plan, "us-east-1");
  expect(creates.map(({ address, region }) => [address, region])).toEqual([
    ["aws_iam_role.made", "eu-west-1"],
    ['aws_organizations_account.accounts["a.b"]', "eu-west-1"],
    ["aws_iam_role.nowhere", "us-east-1"],
  ]);
});

test("what the state has is known by its provider's region, or its ARN's", () => {
  const { held } = plannedOf(plan, "us-east-1");
  expect(held.map(({ region, type }) => [type, region])).toEqual([
    ["aws_iam_role", "eu-west-1"],
    ["aws_lambda_function", "eu-west-3"],
  ]);
});

test("a plan of nothing has nothing", () => {
  expect(plannedOf({}, "us-east-1")).toEqual({ creates: [], held: [] });
});
