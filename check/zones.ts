import type { Problem } from "../fleet/diagnostics";
import { frontAccount } from "../fleet/front-place";
import { expandCountries } from "../fleet/geography/countries";
import { findRegion, usableRegions } from "../fleet/geography/regions";
import type { CellEntry, FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { listed } from "../fleet/wording";
import { problem } from "./rules";
import { accountUses, entryOf, targetsOf } from "./written";

/** Data that would leave its zone, and viewers whom their zone cannot keep. */
export function zones({ file }: CheckInput): readonly Problem[] {
  return [
    ...mismatches(file),
    ...outside(file),
    ...viewerless(file),
    ...both(file),
    ...duplicates(file),
    ...ambiguous(file),
    ...regionless(file),
  ];
}

function zoneOfAccount(file: FleetFile, account: string): string | undefined {
  return entryOf(file.accounts, account)?.zone;
}

/** The regions of a zone; undefined for a zone that is not declared, or not as it should be. */
function regionsOf(file: FleetFile, zone: string | undefined): ReadonlySet<string> | undefined {
  const entry = entryOf(file.zones, zone);
  return entry && new Set(entry.regions);
}

/** A cell without a zone may use an account that has one: its targets there are limited to the account's regions. */
function mismatches(file: FleetFile): readonly Problem[] {
  return accountUses(file).flatMap(({ cell, entry, account, path, atKey }) => {
    const zone = zoneOfAccount(file, account);
    if (!regionsOf(file, zone) || !regionsOf(file, entry.zone) || zone === entry.zone) return [];
    return [
      problem("zone-mismatch", path, {
        message: `account "${account}" is in zone "${zone}", but cell "${cell}" is in zone "${entry.zone}"`,
        fix: `use an account in zone "${entry.zone}", or one without a zone`,
        other: { path: ["accounts", account, "zone"] },
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
      const usable = usableRegions(regions);
      const owner = entry.zone === undefined ? `account "${account}"` : `cell "${cell}"`;
      return [
        problem("outside-zone", path, {
          message: `region "${region}" is outside zone "${zone}" of ${owner}`,
          fix:
            usable.length > 0
              ? `use a region of the zone: ${listed(usable)}`
              : "remove it, or add regions to the zone",
          other: { path: ["zones", zone ?? "", "regions"] },
        }),
      ];
    }),
  );
}

/** Accounts that keep their data in a zone, in cells that keep nobody in it. */
function viewerless(file: FleetFile): readonly Problem[] {
  return Object.entries(file.cells).flatMap(([cell, entry]) => {
    if (entry.zone !== undefined || entry.zones !== undefined) return [];
    const kept = Object.keys(entry.targets).flatMap((account) => {
      const zone = zoneOfAccount(file, account);
      const regions = regionsOf(file, zone);
      return zone !== undefined && regions ? [{ account, zone, regions }] : [];
    });
    const names = new Set(kept.map(({ zone }) => zone));
    const used = [...Object.keys(entry.targets), frontAccount(entry) ?? ""];
    return kept.map(({ account, zone, regions }) => {
      const isClosed =
        targetsOf(cell, entry).every(({ region }) => regions.has(region)) &&
        used.every((account) => [undefined, zone].includes(zoneOfAccount(file, account)));
      return problem("zone-without-viewers", ["cells", cell, "targets", account], {
        message: `account "${account}" is in zone "${zone}", but cell "${cell}" has neither "zone" nor "zones"`,
        other: { path: ["accounts", account, "zone"] },
        fix: `write "${isClosed ? `zone: ${zone}` : `zones: [${[...names].join(", ")}]`}" in the cell`,
        atKey: true,
      });
    });
  });
}

function both(file: FleetFile): readonly Problem[] {
  return Object.entries(file.cells)
    .filter(([, { zone, zones }]) => zone !== undefined && zones !== undefined)
    .map(([cell]) =>
      problem("zone-and-zones", ["cells", cell, "zones"], {
        message: `cell "${cell}" has both "zone" and "zones"`,
        other: { path: ["cells", cell, "zone"], atKey: true },
        fix: 'keep "zone" if all its data stays in one zone, or "zones" if each viewer\'s data stays in the viewer\'s own zone',
        atKey: true,
      }),
    );
}

function duplicates(file: FleetFile): readonly Problem[] {
  return Object.entries(file.cells).flatMap(([cell, { zones = [] }]) =>
    zones.flatMap((name, index) => {
      if (zones.indexOf(name) === index) return [];
      return [
        problem("duplicate-zone", ["cells", cell, "zones", index], {
          message: `zone "${name}" is listed twice in cell "${cell}"`,
          fix: "remove one of the two",
          other: { path: ["cells", cell, "zones", zones.indexOf(name)] },
        }),
      ];
    }),
  );
}

/** The zones of a cell that are declared and as they should be, each once, with where it is named. */
function zonesOf(file: FleetFile, cell: string, { zones = [] }: CellEntry) {
  return zones.flatMap((name, index) => {
    const zone = entryOf(file.zones, name);
    const isFirst = zones.indexOf(name) === index;
    return zone && isFirst ? [{ name, zone, path: ["cells", cell, "zones", index] }] : [];
  });
}

function ambiguous(file: FleetFile): readonly Problem[] {
  return Object.entries(file.cells).flatMap(([cell, entry]) => {
    const zones = zonesOf(file, cell, entry);
    return zones.flatMap(({ name, zone, path }, index) => {
      const own = new Set(expandCountries(zone.countries));
      const shared = zones
        .slice(0, index)
        .map((earlier) => ({
          name: earlier.name,
          path: earlier.path,
          countries: expandCountries(earlier.zone.countries).filter((country) => own.has(country)),
        }))
        .find(({ countries }) => countries.length > 0);
      if (!shared) return [];
      return [
        problem("country-in-two-zones", path, {
          message: `${someOf(shared.countries)} ${shared.countries.length === 1 ? "is" : "are"} in zone "${shared.name}" and in zone "${name}" of cell "${cell}"`,
          fix: "remove one of the two zones from the cell, or the country from one of them",
          other: { path: shared.path },
        }),
      ];
    });
  });
}

/** Countries that a message names; a group has 30 and more. */
const shownCountries = 5;

function someOf(countries: readonly string[]): string {
  const shown = listed(countries.slice(0, shownCountries));
  const more = countries.length - shownCountries;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function regionless(file: FleetFile): readonly Problem[] {
  return Object.entries(file.cells).flatMap(([cell, entry]) =>
    zonesOf(file, cell, entry).flatMap(({ name, zone, path }) => {
      const inside = new Set(
        targetsOf(cell, entry)
          .map(({ region }) => region)
          .filter((region) => zone.regions.includes(region)),
      );
      const others = usableRegions(zone.regions).filter((region) => !inside.has(region));
      if (inside.size > 1) return [];
      if (inside.size === 1) {
        return [
          problem("single-region-zone", path, {
            message: `cell "${cell}" has one region in zone "${name}", ${[...inside][0]}`,
            fix: `add a second region of the zone${others.length > 0 ? `, such as "${others[0]}",` : ""} if its viewers must be answered when the first is down`,
          }),
        ];
      }
      return [
        problem("zone-without-region", path, {
          message: `cell "${cell}" has no region in zone "${name}"`,
          fix:
            others.length > 0
              ? `add a target in ${listed(others)}, or leave the zone out`
              : "add regions to the zone, or leave it out",
        }),
      ];
    }),
  );
}
