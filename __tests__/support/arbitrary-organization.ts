import fc from "fast-check";
import { findRegion } from "../../fleet/regions";
import type { CellEntry, FleetFile } from "../../fleet/schema";
import { legalFleet } from "./arbitrary-fleet";

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
      logs: fc.boolean(),
      bootstrap: fc.boolean(),
      state: fc.constantFrom(undefined, "us-west-2", "eu-central-1"),
    })
    .map(({ bootstrap, logs, state, units: chosen, zones: theirs }): FleetFile => {
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
          Object.entries(file.cells).map(([name, cell]) => [name, logs ? withLogs(cell) : cell]),
        ),
      };
    }),
);

/** CloudFront writes no logs to regions that must be opted in to. */
function withLogs(cell: CellEntry): CellEntry {
  const canHoldLogs = Object.values(cell.targets).some((regions) =>
    regions.some((region) => findRegion(region)?.optIn === false),
  );
  return canHoldLogs ? { ...cell, front: { logs: true } } : cell;
}
