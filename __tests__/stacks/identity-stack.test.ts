import { fleetOf } from "../support/fleet";
import { organizationFile } from "../support/organization";
import { type Attributes, onlyResource, type StackJson, stackOf, synthJson } from "../support/synth";

const all = (stack: StackJson, type: string): readonly Attributes[] =>
  Object.values(stack.resource[type] ?? {});

describe("identity", () => {
  let stack: StackJson;

  beforeAll(() => {
    stack = stackOf(synthJson(fleetOf(organizationFile)), "identity");
  });

  test("is in the management account, in us-east-1", () => {
    expect(stack.provider.aws).toMatchObject([
      { alias: "management_us_east_1", region: "us-east-1", allowed_account_ids: ["111111111111"] },
    ]);
  });

  test("makes the groups", () => {
    const names = all(stack, "aws_identitystore_group").map(({ display_name }) => display_name);
    expect(names.sort()).toEqual(["platform", "support"]);
  });

  test("makes the permission sets, with their sessions and policies", () => {
    const sets = all(stack, "aws_ssoadmin_permission_set");
    expect(sets.map(({ name, session_duration }) => [name, session_duration]).sort()).toEqual([
      ["Deployer", "PT4H"],
      ["ReadOnly", "PT1H"],
    ]);
    const policies = all(stack, "aws_ssoadmin_managed_policy_attachment").map(
      ({ managed_policy_arn }) => managed_policy_arn,
    );
    expect(policies.sort()).toEqual([
      "arn:aws:iam::aws:policy/AWSBillingReadOnlyAccess",
      "arn:aws:iam::aws:policy/PowerUserAccess",
      "arn:aws:iam::aws:policy/ReadOnlyAccess",
    ]);
    const { inline_policy } = onlyResource(stack, "aws_ssoadmin_permission_set_inline_policy");
    expect(JSON.parse(String(inline_policy))).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Sid: "NoSecrets", Effect: "Deny", Action: "secretsmanager:GetSecretValue", Resource: "*" },
      ],
    });
  });

  test("gives a unit's access to all accounts below it, and waits for those that are to be created", () => {
    const targets = all(stack, "aws_ssoadmin_account_assignment").map(({ permission_set_arn, target_id }) => [
      /permission-set_(\w+?)_/.exec(String(permission_set_arn))?.[1],
      String(target_id).replace(/.*outputs\./, ""),
    ]);
    expect(targets.sort()).toEqual([
      ["Deployer", "222222222222"],
      ["ReadOnly", "333333333333"],
      ["ReadOnly", "accounts.newco}"],
    ]);
  });

  test("attaches the policies of a set one after the other", () => {
    const types = ["aws_ssoadmin_managed_policy_attachment", "aws_ssoadmin_permission_set_inline_policy"];
    const parts = types.flatMap((type) => all(stack, type).map((part) => ({ type, ...part })));
    const ofReadOnly = parts.filter((part) => /ReadOnly_/.test(String(Object(part).permission_set_arn)));
    expect(ofReadOnly.map((part) => Object(part).depends_on?.length ?? 0)).toEqual([0, 1, 1]);
  });

  test("assigns a set only once all its policies are attached", () => {
    for (const { depends_on, permission_set_arn } of all(stack, "aws_ssoadmin_account_assignment")) {
      const parts = /ReadOnly/.test(String(permission_set_arn)) ? 3 : 1;
      expect(depends_on).toHaveLength(parts);
    }
  });
});

test("is in the region of Identity Center, which it names where nothing is enabled there", () => {
  const identity = organizationFile.identity && { ...organizationFile.identity, region: "eu-central-1" };
  const stack = stackOf(synthJson(fleetOf({ ...organizationFile, identity })), "identity");
  expect(stack.provider.aws).toMatchObject([{ alias: "management_eu_central_1", region: "eu-central-1" }]);
  expect(JSON.stringify(stack.data?.aws_ssoadmin_instances)).toContain("is not enabled in eu-central-1");
});

test("groups of an identity provider are read, not made", () => {
  const identity = organizationFile.identity && { ...organizationFile.identity, existing: true };
  const stack = stackOf(synthJson(fleetOf({ ...organizationFile, identity })), "identity");
  expect(stack.resource.aws_identitystore_group).toBeUndefined();
  expect(Object.keys(stack.data?.aws_identitystore_group ?? {})).toHaveLength(2);
});

describe("texts that people choose freely", () => {
  const groups = ["a b", "a-b", "a/b", "a--b", "a%2Fb", "Default", "%{x}"];
  let stack: StackJson;

  beforeAll(() => {
    const identity = {
      groups,
      permissionSets: {
        Some: { description: "100%{z}", policies: ["arn:aws:iam::aws:policy/A"] },
      },
      access: groups.map((group) => ({ group, permissionSet: "Some", accounts: ["delivery"] })),
    };
    stack = stackOf(synthJson(fleetOf({ ...organizationFile, identity })), "identity");
  });

  test("keep groups apart that are called alike", () => {
    const names = all(stack, "aws_identitystore_group").map(({ display_name }) => display_name);
    expect(names.sort()).toEqual(groups.map((name) => name.replace("%{", "%%{")).sort());
    const principals = all(stack, "aws_ssoadmin_account_assignment").map(({ principal_id }) => principal_id);
    expect(new Set(principals).size).toBe(groups.length);
  });

  test("are no templates for Terraform", () => {
    const { description } = onlyResource(stack, "aws_ssoadmin_permission_set");
    expect(description).toBe("100%%{z}");
  });
});
