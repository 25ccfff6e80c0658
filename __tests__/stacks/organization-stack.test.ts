import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";
import { organizationFile } from "../support/organization";
import { onlyResource, ref, type StackJson, stackOf, synthJson } from "../support/synth";

function organizationOf(entry: Partial<FleetFile["organization"]> = {}): StackJson {
  const organization = { ...organizationFile.organization, management: "management", ...entry };
  return stackOf(synthJson(fleetOf({ ...organizationFile, organization })), "organization");
}

describe("an organization that is made", () => {
  let stack: StackJson;

  beforeAll(() => {
    stack = organizationOf();
  });

  test("is in the management account, in us-east-1", () => {
    expect(stack.provider.aws).toMatchObject([
      { alias: "management_us_east_1", region: "us-east-1", allowed_account_ids: ["111111111111"] },
    ]);
  });

  test("has all features, what the rest needs, and cannot be destroyed", () => {
    expect(onlyResource(stack, "aws_organizations_organization")).toMatchObject({
      feature_set: "ALL",
      enabled_policy_types: ["SERVICE_CONTROL_POLICY"],
      aws_service_access_principals: [
        "member.org.stacksets.cloudformation.amazonaws.com",
        "sso.amazonaws.com",
      ],
      lifecycle: { prevent_destroy: true },
    });
  });

  test("has a unit for each path, in the one above it", () => {
    expect(stack.resource.aws_organizations_organizational_unit).toMatchObject({
      tenants: { name: "tenants", parent_id: ref("aws_organizations_organization.organization.roots[0].id") },
      tenants_eu: { name: "eu", parent_id: ref("aws_organizations_organizational_unit.tenants.id") },
      workloads: { name: "workloads" },
    });
  });

  test("takes over a unit that has an id, with the name it has", () => {
    const taken = organizationOf({ units: [{ path: "tenants/eu", id: "ou-ab12-11112222" }] });
    expect(taken.import).toEqual([
      { to: "aws_organizations_organizational_unit.tenants_eu", id: "ou-ab12-11112222" },
    ]);
    const { tenants, tenants_eu } = taken.resource.aws_organizations_organizational_unit ?? {};
    expect(tenants_eu?.lifecycle).toEqual({ prevent_destroy: true, ignore_changes: ["name"] });
    expect(tenants?.lifecycle).toEqual({ prevent_destroy: true });
    expect(stack.import).toBeUndefined();
  });

  test("says what it made", () => {
    const { meridian_begun: _, meridian_fingerprint: __, ...outputs } = stack.output;
    expect(outputs).toMatchSnapshot();
  });
});

test("a list is complete that nobody else adds to", () => {
  expect(onlyResource(organizationOf(), "aws_organizations_organization").lifecycle).toEqual({
    prevent_destroy: true,
  });
});

describe.each([true, false])("an organization that is made, with Control Tower enabled: %s", (enabled) => {
  const controlTower = { enabled };

  test("keeps the services and the policy types that Control Tower enables", () => {
    const made = onlyResource(organizationOf({ controlTower }), "aws_organizations_organization");
    expect(made.lifecycle).toMatchObject({
      prevent_destroy: true,
      ignore_changes: ["aws_service_access_principals", "enabled_policy_types"],
    });
    expect(made.aws_service_access_principals).toEqual([
      "member.org.stacksets.cloudformation.amazonaws.com",
      "sso.amazonaws.com",
    ]);
  });

  test("says what is not enabled any more, and the command that enables it", () => {
    const { lifecycle } = onlyResource(
      organizationOf({ controlTower }),
      "aws_organizations_organization",
    ) as { lifecycle: { postcondition: Record<string, string>[] } };
    expect(lifecycle.postcondition.map(({ condition }) => condition)).toEqual(
      expect.arrayContaining([ref('contains(self.aws_service_access_principals, "sso.amazonaws.com")')]),
    );
  });
});

describe("an organization that is there", () => {
  let stack: StackJson;

  beforeAll(() => {
    stack = organizationOf({ existing: true });
  });

  test("is read, and not made", () => {
    expect(stack.resource.aws_organizations_organization).toBeUndefined();
    expect(Object.keys(stack.data?.aws_organizations_organization ?? {})).toEqual(["organization"]);
  });

  test("is let go of, not deleted, where it was made here before", () => {
    expect(stack.removed).toEqual([
      { from: "aws_organizations_organization.organization", lifecycle: { destroy: false } },
    ]);
    expect(organizationOf().removed).toBeUndefined();
  });

  test("has to have what the rest needs, and is told the command that enables it", () => {
    const [existing] = Object.values(stack.data?.aws_organizations_organization ?? {});
    const { lifecycle } = existing as { lifecycle: { postcondition: Record<string, string>[] } };
    const { postcondition } = lifecycle;
    expect(postcondition).toMatchObject([
      { condition: ref('self.feature_set == "ALL"') },
      { condition: ref('contains(self.enabled_policy_types, "SERVICE_CONTROL_POLICY")') },
      {
        condition: ref(
          'contains(self.aws_service_access_principals, "member.org.stacksets.cloudformation.amazonaws.com")',
        ),
      },
      { condition: ref('contains(self.aws_service_access_principals, "sso.amazonaws.com")') },
    ]);
    const commands = postcondition.map(({ error_message }) => error_message?.split("nable it: ").at(-1));
    expect(commands.slice(2)).toEqual([
      "aws cloudformation activate-organizations-access",
      "aws organizations enable-aws-service-access --service-principal sso.amazonaws.com",
    ]);
  });
});
