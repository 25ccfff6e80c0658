import type { Problem } from "../diagnostics";
import { findRegion } from "../regions";
import { problem } from "../rules";
import type { FleetFile } from "../schema";
import { listed } from "../wording";
import type { CheckInput } from "./check";
import { accountUses, targetsOf } from "./written";

/** Data of a zone that would leave it. */
export function zones({ file }: CheckInput): readonly Problem[] {
  return [...mismatches(file), ...outside(file)];
}

function zoneOfAccount(file: FleetFile, account: string): string | undefined {
  return Object.hasOwn(file.accounts, account) ? file.accounts[account]?.zone : undefined;
}

/** The regions of a zone; undefined for a zone that is not declared, or not as it should be. */
function regionsOf(file: FleetFile, zone: string | undefined): ReadonlySet<string> | undefined {
  if (zone === undefined || !file.zones || !Object.hasOwn(file.zones, zone)) return undefined;
  return new Set(file.zones[zone]?.regions);
}

/** A cell without a zone may use an account that has one: its targets there are held to the account's regions. */
function mismatches(file: FleetFile): readonly Problem[] {
  return accountUses(file).flatMap(({ cell, entry, account, path, atKey }) => {
    const zone = zoneOfAccount(file, account);
    if (!regionsOf(file, zone) || !regionsOf(file, entry.zone) || zone === entry.zone) return [];
    return [
      problem("zone-mismatch", path, {
        message: `account "${account}" is of zone "${zone}", but cell "${cell}" is of zone "${entry.zone}"`,
        fix: `use an account of zone "${entry.zone}" or without a zone`,
        atKey,
      }),
    ];
  });
}

function outside(file: FleetFile): readonly Problem[] {
  return Object.entries(file.cells).flatMap(([cell, entry]) =>
    targetsOf(cell, entry).flatMap(({ account, region, path }) => {
      const zone = entry.zone ?? zoneOfAccount(file, account);
      const regions = regionsOf(file, zone);
      if (!regions || regions.has(region) || !findRegion(region)) return [];
      const owner = entry.zone === undefined ? `account "${account}"` : `cell "${cell}"`;
      return [
        problem("outside-zone", path, {
          message: `region "${region}" is outside zone "${zone}" of ${owner}`,
          fix: `use a region of the zone: ${listed([...regions].filter((code) => findRegion(code)))}`,
        }),
      ];
    }),
  );
}
