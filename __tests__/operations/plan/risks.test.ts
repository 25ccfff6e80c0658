import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { findCollisions, thingOf } from "../../../operations/plan/name-collisions";
import { startPicture } from "../../../operations/plan/picture";
import type { ResourceChange, TerraformPlan } from "../../../operations/plan/terraform-plan";
import { fleetOf, smallFile } from "../../support/fleet";
import { planOf, resource } from "../../support/plans";

const fleet = fleetOf({
  ...smallFile,
  zones: { eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] } },
  cells: {
    globex: {
      ...{ stage: "production", tenant: "globex", zone: "eu" },
      targets: { globex: ["eu-central-1", "eu-west-1"] },
    },
  },
});
const stack = fleetStacks(fleet).find(({ kind }) => kind === "target") as FleetStack;
const none = { unchanged: [], orphans: [], failed: [] };
const alias = "globex_eu_central_1";

/** The risks of one plan, as `code: message`. */
function risks(resources: readonly ResourceChange[], more: Partial<TerraformPlan> = {}, allAtOnce = false) {
  const picture = startPicture(fleet, { allAtOnce: () => allAtOnce });
  picture.add(stack, planOf(resources, more));
  return picture
    .finish(none)
    .groups.flatMap(({ risks }) => risks.map(({ code, message }) => `${code}: ${message}`));
}

const policy = (...statements: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string, more: object = {}) => ({ Effect: "Allow", Action, Resource: "*", ...more });

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

describe("permissions", () => {
  const rolePolicy = (before: string | undefined, after: string, more = {}) =>
    resource(`aws_iam_role_policy.${alias}_hello_execution_policy`, {
      before: before === undefined ? null : { role: "r", policy: before },
      after: { role: "r", policy: after },
      ...more,
    });

  test("who may newly do what", () => {
    const after = policy(allow("s3:GetObject"), allow("s3:PutObject", { Resource: "arn:aws:s3:::data/*" }));
    expect(risks([rolePolicy(policy(allow("s3:GetObject")), after)])).toEqual([
      "permission-wider: policy hello_execution may newly do s3:PutObject on arn:aws:s3:::data/*",
    ]);
  });

  test("a narrower or a reordered one is none", () => {
    const [get, put] = [allow("s3:GetObject"), allow("s3:PutObject")];
    expect(risks([rolePolicy(policy(get, put), policy(put))])).toEqual([]);
    expect(risks([rolePolicy(policy(get, put), policy(put, get))])).toEqual([]);
  });

  test("a function that may newly write to a table, or work with another one", () => {
    const table = (name: string) => `arn:aws:dynamodb:eu-central-1:333333333333:table/acme_globex_${name}`;
    const read = { Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: [table("orders")] };
    const write = { ...read, Action: ["dynamodb:GetItem", "dynamodb:PutItem"] };
    const wider = (...after: readonly object[]) => risks([rolePolicy(policy(read), policy(...after))]);
    expect(wider(write)).toEqual([
      `permission-wider: policy hello_execution may newly do dynamodb:PutItem on ${table("orders")}`,
    ]);
    expect(wider(read, { ...read, Resource: [table("customers")] })).toEqual([
      `permission-wider: policy hello_execution may newly do dynamodb:GetItem on ${table("customers")}`,
    ]);
    expect(risks([rolePolicy(policy(write), policy(read))])).toEqual([]);
  });

  test("what is new together with its role is none; on a role that is there it is", () => {
    const created = rolePolicy(undefined, policy(allow("s3:GetObject")));
    const role = resource("aws_iam_role.x", { after: { name: "r", assume_role_policy: policy() } });
    expect(risks([role, created])).toEqual([]);
    expect(risks([created])).toHaveLength(1);
  });

  test("a trust policy names the new principal", () => {
    const trust = (...AWS: readonly string[]) =>
      policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS } });
    const role = resource("aws_iam_role.x", {
      before: { assume_role_policy: trust("arn:aws:iam::333333333333:role/a") },
      after: {
        assume_role_policy: trust("arn:aws:iam::333333333333:role/a", "arn:aws:iam::999999999999:root"),
      },
    });
    expect(risks([role])).toEqual([
      "permission-wider: arn:aws:iam::999999999999:root may newly do sts:AssumeRole",
    ]);
  });

  test("a service control policy that denies less, or goes", () => {
    const denies = (...actions: readonly string[]) =>
      policy({ Effect: "Deny", Action: actions, Resource: "*" });
    const before = { content: denies("s3:*", "ec2:*") };
    const less = resource("aws_organizations_policy.x", { before, after: { content: denies("s3:*") } });
    expect(risks([less])).toEqual([expect.stringContaining("may newly do ec2:*")]);
    expect(risks([resource("aws_organizations_policy.x", { before })])).toEqual([
      expect.stringContaining("may newly do s3:*, ec2:*"),
    ]);
    expect(
      risks([
        resource("aws_organizations_policy_attachment.x", { before: { policy_id: "p", target_id: "t" } }),
      ]),
    ).toEqual([expect.stringContaining("t may newly do")]);
  });

  test("what a role itself holds, names, or is bounded by", () => {
    const values = (Action: string, arns: readonly string[], permissions_boundary: string | null) => ({
      inline_policy: [{ name: "own", policy: policy(allow(Action)) }],
      ...{ managed_policy_arns: arns, permissions_boundary },
    });
    const [less, more] = [
      values("s3:GetObject", [], "b"),
      values("s3:*", ["arn:aws:iam::aws:policy/X"], null),
    ];
    expect(risks([resource("aws_iam_role.x", { before: less, after: more })])).toEqual([
      "permission-wider: role x may newly do s3:*",
      "permission-wider: role x may newly do what arn:aws:iam::aws:policy/X allows",
      "permission-wider: role x may newly do what its boundary b kept it from",
    ]);
    const back = resource("aws_iam_role.x", { before: { ...more, permissions_boundary: "b" }, after: less });
    expect(risks([back])).toEqual([]);
  });

  test("a sensitive or unknown policy is said to be unreadable, and not shown", () => {
    const hidden = rolePolicy(policy(allow("s3:Secret1")), policy(allow("s3:Secret2")), {
      hiddenAfter: { policy: true },
    });
    expect(risks([hidden])).toEqual([expect.stringContaining("permission-unreadable")]);
    const unknown = resource("aws_s3_bucket_policy.x", {
      ...{ before: { bucket: "b", policy: policy() }, after: { bucket: "b" }, unknown: { policy: true } },
    });
    expect(risks([unknown])).toEqual([expect.stringContaining("known only after the apply")]);
  });

  test("canonical users and unique ids are compared by their names, beside what can be evaluated", () => {
    const canonical = allow("s3:GetObject", { Principal: { CanonicalUser: "79a59df900b949e5" } });
    const gone = allow("s3:GetObject", { Principal: { AWS: "AROAKSCDLFT9R5DQP782U" } });
    const known = allow("s3:PutObject", { Principal: { AWS: "222222222222" } });
    const bucket = (before: string, after: string) =>
      risks([
        resource("aws_s3_bucket_policy.x", {
          before: { bucket: "b", policy: before },
          after: { bucket: "b", policy: after },
        }),
      ]);
    expect(bucket(policy(canonical, gone), policy(gone, canonical))).toEqual([]);
    expect(bucket(policy(canonical, gone), policy(canonical, gone, known))).toEqual([
      expect.stringContaining("222222222222 may newly do s3:PutObject"),
    ]);
    expect(bucket(policy(known), policy(known, gone))).toEqual([
      expect.stringContaining("AROAKSCDLFT9R5DQP782U may newly do s3:GetObject"),
    ]);
    expect(bucket(policy(known), policy(known, canonical))).toEqual([
      expect.stringContaining("79a59df900b949e5 may newly do s3:GetObject"),
    ]);
    const denied = { ...canonical, Effect: "Deny" as const };
    expect(bucket(policy(known, denied), policy(known))).toEqual([expect.stringContaining("unreadable")]);
  });

  test("everybody: a bucket policy, a permission of a function, a URL without a signature", () => {
    const open = policy(allow("s3:GetObject", { Principal: "*" }));
    expect(
      risks([resource("aws_s3_bucket_policy.x", { after: { bucket: "b", policy: open } })]),
    ).toContainEqual(expect.stringContaining("public-principal"));
    const limited = policy(
      allow("s3:GetObject", { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
    );
    const inOrganization = resource("aws_s3_bucket_policy.x", { after: { bucket: "b", policy: limited } });
    expect(risks([inOrganization]).join()).not.toContain("public-principal");
    const permission = { action: "lambda:InvokeFunction", principal: "*", function_name: "f" };
    expect(risks([resource("aws_lambda_permission.x", { after: permission })])).toContainEqual(
      expect.stringContaining("public-principal"),
    );
    const url = { before: { authorization_type: "AWS_IAM" }, after: { authorization_type: "NONE" } };
    expect(risks([resource("aws_lambda_function_url.x", url)])).toEqual([
      expect.stringContaining("public-principal"),
    ]);
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

describe("name collisions", () => {
  const account = (id: string) => ({ name: "a", id, deployRole: "meridian-deploy" });
  const make = (type: string, values: object, region = "eu-central-1", id = "333333333333") =>
    thingOf({ address: `${type}.x`, type }, values, account(id), region);
  const collide = (one: ReturnType<typeof make>, other: ReturnType<typeof make>) =>
    findCollisions([{ stack: "new", created: [one] }], [{ stack: "old", resources: [other] }]);

  test("a function is one of its region, a role of its account, a bucket of all", () => {
    const lambda = (region: string) => make("aws_lambda_function", { function_name: "f" }, region);
    expect(collide(lambda("eu-central-1"), lambda("eu-central-1"))).toEqual([
      { type: "aws_lambda_function", name: "f", stack: "new", orphan: "old" },
    ]);
    expect(collide(lambda("eu-central-1"), lambda("eu-west-1"))).toEqual([]);
    const role = (region: string, id?: string) => make("aws_iam_role", { name: "r" }, region, id);
    expect(collide(role("eu-central-1"), role("eu-west-1"))).toHaveLength(1);
    expect(collide(role("eu-central-1"), role("eu-central-1", "444444444444"))).toEqual([]);
    const bucket = (id: string) => make("aws_s3_bucket", { bucket: "b" }, "eu-west-1", id);
    expect(collide(bucket("333333333333"), bucket("444444444444"))).toHaveLength(1);
  });

  test("the region of what exists is read off its ARN", () => {
    const owned = { function_name: "f", arn: "arn:aws:lambda:eu-west-1:333333333333:function:f" };
    const old = thingOf({ address: "x", type: "aws_lambda_function" }, owned, account("333333333333"));
    expect(collide(make("aws_lambda_function", { function_name: "f" }, "eu-west-1"), old)).toHaveLength(1);
  });

  test("a name that is not known yet collides with nothing", () => {
    expect(make("aws_lambda_function", {}).key).toBeUndefined();
  });

  test("the picture says so once for two stacks, with both names", () => {
    const picture = startPicture(fleet);
    picture.add(
      stack,
      planOf([
        resource("aws_iam_role.x", { after: { name: "r" } }),
        resource("aws_lambda_function.x", { after: { function_name: "f" } }),
      ]),
    );
    const resources = [
      make("aws_iam_role", { name: "r" }),
      make("aws_lambda_function", { function_name: "f" }),
    ];
    const orphan = { stack: "old", account: account("333333333333"), regions: [], resources, why: "renamed" };
    expect(picture.finish({ ...none, orphans: [orphan] }).risks).toMatchObject([
      {
        code: "name-collision",
        stacks: [stack.name, "old"],
        message: `"${stack.name}" would make aws_iam_role "r" and 1 more, which the orphan "old" owns`,
      },
    ]);
  });

  test("one of data comes first, and is not to be taken away for the new one", () => {
    const things = {
      aws_iam_role: { name: "r" },
      aws_cloudwatch_log_group: { name: "/aws/lambda/f" },
      aws_dynamodb_table: { name: "t" },
    };
    const risksWith = (...types: readonly (keyof typeof things)[]) => {
      const picture = startPicture(fleet);
      picture.add(stack, planOf(types.map((type) => resource(`${type}.x`, { after: things[type] }))));
      const resources = types.map((type) => make(type, things[type]));
      const orphan = { stack: "old", account: account("333333333333"), regions: [], resources, why: "moved" };
      return picture.finish({ ...none, orphans: [orphan] }).risks;
    };
    expect(risksWith("aws_iam_role", "aws_cloudwatch_log_group")).toMatchObject([{ code: "name-collision" }]);
    expect(risksWith("aws_iam_role", "aws_dynamodb_table")).toMatchObject([
      {
        code: "data-name-collision",
        message: `"${stack.name}" would make aws_dynamodb_table "t" and 1 more, which the orphan "old" owns`,
        fix: "give the new one another name, copy what the old one holds, and only then take the old one away",
      },
    ]);
  });
});
