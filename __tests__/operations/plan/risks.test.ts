import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { startPicture } from "../../../operations/plan/picture";
import type { TerraformPlan } from "../../../operations/plan/terraform-plan";
import { planOf, resource } from "../../support/plans";
import { alias, fleet, none, risks } from "./target-risks";

describe("what has data or an address", () => {
  test.each([
    ["aws_dynamodb_table", "data-destroyed"],
    ["aws_cloudwatch_log_group", "data-destroyed"],
    ["aws_db_instance", "data-destroyed"],
    ["aws_lambda_function_url", "address-destroyed"],
    ["aws_cloudfront_distribution", "address-destroyed"],
  ])("%s", (type, code) => {
    expect(risks([resource(`${type}.x`, { before: { name: "x" } })])).toMatchObject([
      expect.stringContaining(code),
    ]);
  });

  test("a replacement says which attribute asks for it", () => {
    const change = { before: { name: "a" }, after: { name: "b" }, replaces: ["name"] };
    expect(risks([resource("aws_s3_bucket.x", change)])).toEqual([
      "data-replaced: bucket x would be replaced, because name cannot be changed in place",
    ]);
  });

  test("a role or a group of settings has neither", () => {
    const gone = ["aws_iam_role.x", "aws_db_parameter_group.x"].map((address) =>
      resource(address, { before: {} }),
    );
    expect(risks(gone)).toEqual([]);
  });
});

describe("a new version of a function", () => {
  const change = (attribute: string) =>
    resource(`aws_lambda_function.${alias}_hello_function`, {
      before: { [attribute]: 1 },
      after: { [attribute]: 2 },
    });

  test("is a risk where it takes all traffic at once", () => {
    expect(risks([change("memory_size")], {}, true)).toEqual([
      "traffic-at-once: the new version of function hello takes all traffic in all cells and regions of its stage at once",
    ]);
    expect(risks([change("memory_size")])).toEqual([]);
  });

  test("is none where only a description changes", () => {
    expect(risks([change("description")], {}, true)).toEqual([]);
  });
});

describe("zones", () => {
  const inRegion = (region: string): Partial<TerraformPlan> => ({
    configuration: {
      provider_config: { "aws.x": { alias: "x", expressions: { region: { constant_value: region } } } },
      root_module: { resources: [{ address: "aws_dynamodb_table.x", provider_config_key: "aws.x" }] },
    },
  });
  const table = resource("aws_dynamodb_table.x", { after: { name: "x" } });

  test("a table outside of the cell's zone, and one inside", () => {
    expect(risks([table], inRegion("us-east-1"))).toEqual([
      'leaves-zone: table x would hold data in us-east-1, outside of the zone "eu"',
    ]);
    expect(risks([table], inRegion("eu-west-1"))).toEqual([]);
  });

  test("the key-value store of a front lies nowhere in particular", () => {
    const front = fleetStacks(fleet).find(({ kind }) => kind === "front") as FleetStack;
    const picture = startPicture(fleet);
    picture.add(
      front,
      planOf([resource("aws_cloudfront_key_value_store.front_store", { after: { name: "x" } })]),
    );
    expect(picture.finish(none).groups.map(({ risks }) => risks)).toEqual([[]]);
  });

  test("a replica outside of it", () => {
    const replicated = resource("aws_dynamodb_table.x", {
      before: { replica: [] },
      after: { replica: [{ region_name: "us-west-2" }, { region_name: "eu-west-1" }] },
    });
    expect(risks([replicated], inRegion("eu-central-1"))).toEqual([
      'leaves-zone: table x would copy data to us-west-2, outside of the zone "eu"',
    ]);
  });

  test("the last region of a zone", () => {
    const account = { name: "old", id: "999999999999", deployRole: "meridian-deploy" };
    const zone = { name: "us", regions: ["us-east-1"] };
    const orphan = { stack: "old", account, regions: ["us-east-1"], zone, resources: [], why: "" };
    const { risks: found } = startPicture(fleet).finish({ ...none, orphans: [orphan] });
    expect(found).toMatchObject([{ code: "last-region-of-zone", stacks: ["old"] }]);
    const another = { ...orphan, regions: ["eu-west-1"], zone: undefined };
    expect(startPicture(fleet).finish({ ...none, orphans: [another] }).risks).toEqual([]);
  });
});

describe("drift", () => {
  const role = (before: number, after: number) => ({
    before: { max: before, other: 1 },
    after: { max: after, other: 1 },
  });

  test("is a risk where the apply would undo it", () => {
    const drift = { resource_drift: [resource("aws_iam_role.x", role(1, 2))] };
    expect(risks([resource("aws_iam_role.x", role(2, 1))], drift)).toEqual([
      "drift-undone: max of role x was changed outside of Terraform, and would be changed back",
    ]);
  });

  test("is none where the plan changes something else", () => {
    const drift = { resource_drift: [resource("aws_iam_role.x", role(1, 2))] };
    const other = { before: { max: 2, other: 1 }, after: { max: 2, other: 3 } };
    expect(risks([resource("aws_iam_role.x", other)], drift)).toEqual([]);
  });

  test("is a risk where something was deleted and would be made again", () => {
    const drift = { resource_drift: [resource("aws_iam_role.x", { before: { name: "x" } })] };
    expect(risks([resource("aws_iam_role.x", { after: { name: "x" } })], drift)).toEqual([
      "drift-undone: role x was deleted outside of Terraform, and would be made again",
    ]);
  });
});
