import { findRegion } from "../../fleet/geography/regions";
import type { CellEntry, FleetFile } from "../../fleet/schema/fleet-file";
import type { OrganizationEntry } from "../../fleet/schema/foundation";
import { legalFleet, legalPipeline } from "./arbitrary-fleet";
import { fc } from "./properties";

const units = ["platform", "workloads", "workloads/dev", "tenants/eu"];
const zones = {
  eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] },
  us: { regions: ["us-west-2", "us-east-2"], countries: ["US"] },
};

/** Legal fleets in an organization with a region guardrail. */
export const organizationFleet: fc.Arbitrary<FleetFile> = legalFleet.chain((file) =>
  fc
    .record({
      units: fc.array(fc.constantFrom(...units), { minLength: 3, maxLength: 3 }),
      zones: fc.array(fc.constantFrom(undefined, "eu", "us"), { minLength: 3, maxLength: 3 }),
      front: fc.boolean(),
      bootstrap: fc.boolean(),
      state: fc.constantFrom(undefined, "us-west-2", "eu-central-1"),
    })
    .map(({ bootstrap, front, state, units: chosen, zones: theirs }): FleetFile => {
      const accounts = Object.entries(file.accounts).map(([name, account], index) => [
        name,
        { ...account, unit: chosen[index], ...(theirs[index] && { zone: theirs[index] }) },
      ]);
      return {
        ...file,
        zones,
        organization: { management: "management", units, regionGuardrail: true },
        ...(bootstrap && { bootstrap: {} }),
        ...(state && {
          state: { backend: "s3", bucket: "state-bucket", region: state, account: "delivery" },
        }),
        accounts: {
          ...Object.fromEntries(accounts),
          management: { id: "000000000001" },
          delivery: { id: "000000000002", unit: "platform" },
        },
        cells: Object.fromEntries(
          Object.entries(file.cells).map(([name, cell]) => [name, front ? withFront(cell) : cell]),
        ),
      };
    }),
);

const alerts = ["finops@example.com"];

/** Such fleets with all that may stand around them, an account that has yet to be created among it. */
export const surroundedFleet: fc.Arbitrary<FleetFile> = organizationFleet.chain((file) => {
  const names = Object.keys(file.accounts);
  return fc
    .record({
      existing: fc.boolean(),
      controlTower: fc.boolean(),
      groups: fc.uniqueArray(fc.constantFrom("ops", "a b", "a-b", "a/b", "a--b", "a%2Fb"), { minLength: 1 }),
      named: fc.subarray(names, { minLength: 1 }),
      pipeline: fc.option(legalPipeline("delivery", ["staging"]), { nil: undefined }),
      replica: fc.boolean(),
      units: fc.subarray(["platform", "tenants", "tenants/eu", "workloads"], { minLength: 1 }),
    })
    .map(({ controlTower, existing, groups, named, pipeline, replica, units }): FleetFile => {
      const budgets = named.map((name) => [name, { ...file.accounts[name], budget: { monthly: 9, alerts } }]);
      return {
        ...file,
        organization: {
          ...(file.organization as OrganizationEntry),
          existing,
          ...(controlTower && { controlTower: { enabled: true, controls: ["AWS-GR_ENCRYPTED_VOLUMES"] } }),
          policies: {
            own: { units, statements: [{ Effect: "Deny", Action: "sagemaker:*", Resource: "*" }] },
          },
        },
        identity: {
          groups,
          permissionSets: { Some: { statements: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] } },
          access: groups.map((group) => ({ group, permissionSet: "Some", accounts: named, units })),
        },
        ...(file.state && { state: { ...file.state, ...(replica && { replica: "eu-north-1" }) } }),
        budget: { monthly: 1000, alerts },
        // Both stand on what these make.
        ...(file.bootstrap && file.state && { pipeline, ci: { github: { repository: "acme/fleet" } } }),
        accounts: {
          ...file.accounts,
          ...Object.fromEntries(budgets),
          newco: { email: "aws+newco@example.com", unit: "tenants/eu", budget: { monthly: 5, alerts } },
        },
      };
    });
});

/** CloudFront writes no logs to regions that must be opted in to. */
function withFront(cell: CellEntry): CellEntry {
  const canHoldLogs = Object.values(cell.targets).some((regions) =>
    regions.some((region) => findRegion(region)?.optIn === false),
  );
  return { ...cell, front: { ...cell.front, logs: canHoldLogs, webAcl: "managed" } };
}
