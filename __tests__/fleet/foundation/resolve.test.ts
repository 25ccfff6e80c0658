import { resolveOrganization } from "../../../fleet/foundation/resolve";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { OrganizationEntry } from "../../../fleet/schema/foundation";
import { organizationFile } from "../../support/organization";

const resolve = (entry: Partial<OrganizationEntry>, file: Partial<FleetFile> = {}) =>
  resolveOrganization({
    ...organizationFile,
    ...file,
    organization: { ...(organizationFile.organization as OrganizationEntry), ...entry },
  });

test("members are all accounts but the management account, by name", () => {
  const accounts = { ...organizationFile.accounts, management: { id: "111111111111", unit: "workloads" } };
  expect(resolve({}, { accounts })?.members.map(({ name }) => name)).toEqual(["delivery", "globex", "newco"]);
});

test("accounts are kept in their regions by the fleet's own guardrail, or by Control Tower's control, never by both", () => {
  const own = resolve({ regionGuardrail: true });
  expect(own?.guardedUses?.get("globex")?.regions).toEqual(["eu-central-1", "eu-west-1"]);
  expect(own?.controlTower).toBeUndefined();

  const theirs = resolve({ regionGuardrail: true, controlTower: { enabled: true } });
  expect(theirs?.guardedUses).toBeUndefined();
  expect(theirs?.controlTower?.controls.map(({ unit }) => unit)).toEqual(["tenants/eu"]);

  const off = resolve({ regionGuardrail: true, controlTower: { enabled: false, controls: ["AWS-GR_X"] } });
  expect(off?.guardedUses).toEqual(own?.guardedUses);
  expect(resolve({ regionGuardrail: false })?.guardedUses).toBeUndefined();
});

test("a policy binds each of its units and accounts once, whatever their order", () => {
  const statements = [{ Effect: "Deny" as const, Action: "sagemaker:*" }];
  const policies = {
    own: { units: ["workloads", "tenants", "workloads"], accounts: ["newco", "globex"], statements },
  };
  expect(resolve({ regionGuardrail: false, policies })?.policies).toMatchObject([
    {
      name: "acme_own",
      targets: [{ unit: "tenants" }, { unit: "workloads" }, { account: "globex" }, { account: "newco" }],
    },
  ]);
});

test("services are trusted as far as the fleet needs them", () => {
  const stackSets = "member.org.stacksets.cloudformation.amazonaws.com";
  const none = { bootstrap: undefined, identity: undefined };
  expect(resolve({}, none)?.trustedServices).toEqual([]);
  expect(resolve({}, { ...none, bootstrap: {} })?.trustedServices).toEqual([stackSets]);
  expect(resolve({}, { bootstrap: undefined })?.trustedServices).toEqual(["sso.amazonaws.com"]);
  // Control Tower is not set up where AWS Config or CloudTrail are trusted already.
  expect(resolve({ controlTower: { enabled: true } })?.trustedServices).toEqual([
    stackSets,
    "sso.amazonaws.com",
  ]);
});

test("an organization is Control Tower's, too, as long as the fleet file speaks of it", () => {
  expect(resolve({})?.isShared).toBe(false);
  expect(resolve({ controlTower: { enabled: true } })?.isShared).toBe(true);
  expect(resolve({ controlTower: { enabled: false } })?.isShared).toBe(true);
});
