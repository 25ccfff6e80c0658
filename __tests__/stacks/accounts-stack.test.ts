import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";
import { organizationFile } from "../support/organization";
import { type Attributes, ref, type StackJson, stackOf, synthJson } from "../support/synth";

function accountsOf(changes: Partial<FleetFile> = {}): StackJson {
  return stackOf(synthJson(fleetOf({ ...organizationFile, ...changes })), "accounts");
}

function block(stack: StackJson, name: "accounts" | "closing"): Attributes {
  return stack.resource.aws_organizations_account?.[name] ?? {};
}

const managementEmail = ref("data.terraform_remote_state.organization.outputs.organization.management_email");
const closed = {
  accounts: {
    ...organizationFile.accounts,
    newco: { ...organizationFile.accounts.newco, id: "444444444444", closed: true },
  },
};

describe("accounts", () => {
  let stack: StackJson;

  beforeAll(() => {
    stack = accountsOf();
  });

  test("are all but the management account, in one block that nothing can destroy", () => {
    expect(block(stack, "accounts")).toMatchObject({
      for_each: { delivery: {}, globex: {}, newco: {} },
      close_on_deletion: true,
      lifecycle: { prevent_destroy: true },
    });
    expect(Object.keys(block(stack, "accounts").for_each as object)).not.toContain("management");
  });

  test("are taken over where they have an id, and created where they have none", () => {
    expect(stack.import).toEqual([
      { to: 'aws_organizations_account.accounts["delivery"]', id: "222222222222" },
      { to: 'aws_organizations_account.accounts["globex"]', id: "333333333333" },
    ]);
    expect(block(stack, "accounts").for_each).toMatchObject({
      newco: { name: "newco", email: "aws+newco@example.com" },
    });
  });

  test("that are taken over are never created anew with an address that is free", () => {
    expect(block(stack, "accounts").for_each).toMatchObject({
      delivery: { email: managementEmail },
      globex: { email: managementEmail },
    });
  });

  test("that are taken over change in nothing but their unit", () => {
    const { lifecycle } = block(stack, "accounts") as { lifecycle: { ignore_changes: string[] } };
    expect(lifecycle.ignore_changes).toEqual([
      "name",
      "email",
      "role_name",
      "iam_user_access_to_billing",
      "tags",
      "tags_all",
    ]);
  });

  test("are the same under their names for good", () => {
    const { for_each, lifecycle } = block(stack, "accounts") as Record<string, Record<string, unknown>>;
    expect(for_each).toMatchObject({ globex: { id: "333333333333" }, newco: { id: "" } });
    expect(lifecycle?.postcondition).toMatchObject([
      { condition: ref('each.value.id == "" || each.value.id == self.id') },
    ]);
  });

  test("come into a unit once its policies are there", () => {
    expect(block(stack, "accounts").depends_on).toEqual([
      expect.stringMatching(/^aws_organizations_policy_attachment\..*regions_tenants_eu__tenants_eu/),
    ]);
  });

  test("have the block even where none is left", () => {
    const none = accountsOf({
      accounts: { management: { id: "111111111111" } },
      cells: {},
      bootstrap: undefined,
      identity: undefined,
    });
    expect(block(none, "accounts")).toMatchObject({ for_each: {}, lifecycle: { prevent_destroy: true } });
    expect(none.import).toBeUndefined();
    expect(none.moved).toBeUndefined();
  });
});

describe("an account that is to be closed", () => {
  let stack: StackJson;

  beforeAll(() => {
    stack = accountsOf(closed);
  });

  test("moves to a block that lets go of it, and is not taken over", () => {
    expect(stack.moved).toEqual([
      {
        from: 'aws_organizations_account.accounts["newco"]',
        to: 'aws_organizations_account.closing["newco"]',
      },
    ]);
    expect(JSON.stringify(stack.import)).not.toContain("newco");
    expect(Object.keys(block(stack, "accounts").for_each as object)).toEqual(["delivery", "globex"]);
    expect(block(stack, "closing")).toMatchObject({
      for_each: {},
      close_on_deletion: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  test("is bound by no policy of its own any more", () => {
    expect(JSON.stringify(stack.resource.aws_organizations_policy_attachment)).not.toContain("newco");
  });
});

describe("policies", () => {
  const organization = {
    ...organizationFile.organization,
    management: "management",
    policies: {
      "no-leave": {
        units: ["tenants", "workloads"],
        accounts: ["globex"],
        statements: [
          {
            Condition: {
              StringLike: { "aws:PrincipalArn": `arn:aws:iam::${ref("aws:PrincipalAccount")}:role/x` },
            },
            Action: "organizations:LeaveOrganization",
            Effect: "Deny" as const,
          },
        ],
      },
    },
  };

  test("are compact text, with their keys in order, and Terraform reads no template into them", () => {
    const { aws_organizations_policy: policies = {} } = accountsOf({ organization }).resource;
    const written = Object.values(policies).find(({ name }) => name === "acme_no-leave");
    expect(written).toMatchObject({ type: "SERVICE_CONTROL_POLICY" });
    expect(written?.content).toBe(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*",' +
        `"Condition":{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::$${ref("aws:PrincipalAccount")}:role/x"}}}]}`,
    );
  });

  test("are attached once to each unit and account that they bind", () => {
    const stack = accountsOf({ organization });
    const attachments = Object.values(stack.resource.aws_organizations_policy_attachment ?? {});
    const targets = attachments
      .filter(({ policy_id }) => String(policy_id).includes("no-leave"))
      .map(({ target_id }) => target_id)
      .sort();
    expect(targets).toEqual([
      ref('aws_organizations_account.accounts["globex"].id'),
      ref("data.terraform_remote_state.organization.outputs.units.tenants"),
      ref("data.terraform_remote_state.organization.outputs.units.workloads"),
    ]);
  });
});
