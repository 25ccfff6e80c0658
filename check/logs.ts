import type { Problem } from "../fleet/diagnostics";
import { frontAccount, logRegion, targetAccounts } from "../fleet/front-place";
import type { CellEntry, FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { listed } from "../fleet/wording";
import { problem } from "./rules";
import { entryOf, targetsOf } from "./written";

/** Access logs that would leave a zone, or that CloudFront could not write. */
export function logs({ file }: CheckInput): readonly Problem[] {
  return Object.entries(file.cells)
    .filter(([, { front }]) => front?.logs)
    .flatMap(([cell, entry]) => cellLogs(file, cell, entry));
}

function cellLogs(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  const path = ["cells", cell, "front", "logs"];
  const zones = new Set(entry.zones ?? (entry.zone === undefined ? [] : [entry.zone]));
  if (zones.size > 1) {
    return [
      problem("logs-across-zones", path, {
        message: `cell "${cell}" has several zones (${listed(zones)}), but only one bucket for its access logs`,
        fix: "make a cell for each zone, or leave the logs off",
      }),
    ];
  }
  const [zone] = zones;
  // Undeclared zones and cells without targets have already been reported.
  if (zone !== undefined && !entryOf(file.zones, zone)) return [];
  if (targetsOf(cell, entry).length === 0) return [];
  const region = writtenLogRegion(file, entry);
  if (region === undefined) {
    return [
      problem("logs-without-region", path, {
        message: `CloudFront cannot write logs to any region of ${zone === undefined ? `cell "${cell}"` : `zone "${zone}"`}`,
        fix: `leave the logs off, or add a region that needs no opt-in to ${zone === undefined ? "the targets" : "the zone"}`,
      }),
    ];
  }
  return outsideAccountZone(file, entry, region).map(({ account, accountZone }) =>
    problem("outside-zone", path, {
      message: `the access logs would be in "${region}", outside zone "${accountZone}" of account "${account}"`,
      fix: `set the front's "account" to one whose zone has "${region}", or that has no zone`,
    }),
  );
}

/** Where the access logs of a cell would be, if it has any. */
export function writtenLogRegion(file: FleetFile, entry: CellEntry): string | undefined {
  const zone = entry.zone ?? entry.zones?.[0];
  const regions = targetAccounts(entry).flatMap((account) => entry.targets[account] ?? []);
  return logRegion(regions, entryOf(file.zones, zone)?.regions);
}

/** The front's account may be kept to a zone that the cell knows nothing of. */
function outsideAccountZone(file: FleetFile, entry: CellEntry, region: string) {
  const account = frontAccount(entry);
  const accountZone = entryOf(file.accounts, account)?.zone;
  const regions = entryOf(file.zones, accountZone)?.regions;
  if (accountZone === undefined || accountZone === entry.zone || !regions || regions.includes(region))
    return [];
  return [{ account, accountZone }];
}
