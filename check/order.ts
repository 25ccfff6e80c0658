import type { Problem } from "../fleet/diagnostics";
import { expandCountries } from "../fleet/geography/countries";
import { findRegion, usableRegions } from "../fleet/geography/regions";
import type { CellEntry, FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { listed } from "../fleet/wording";
import { problem } from "./rules";
import { entryOf, ordersOf, targetsOf, type WrittenOrder } from "./written";

/** Orders that name regions which cannot answer. */
export function order({ file }: CheckInput): readonly Problem[] {
  return Object.entries(file.cells).flatMap(([cell, entry]) =>
    ordersOf(cell, entry).flatMap((written) => [
      ...withoutTarget(cell, entry, written),
      ...outsideZone(file, cell, entry, written),
    ]),
  );
}

/** A region that AWS does not have is reported as such. */
function withoutTarget(cell: string, entry: CellEntry, { path, regions }: WrittenOrder): readonly Problem[] {
  const own = new Set(targetsOf(cell, entry).map(({ region }) => region));
  return regions.flatMap((region, index) => {
    const isRepeated = regions.indexOf(region) < index;
    if (!findRegion(region) || (own.has(region) && !isRepeated)) return [];
    return [
      problem("order-without-target", [...path, index], {
        message: isRepeated
          ? `region "${region}" is listed twice in the order`
          : `cell "${cell}" has no target in region "${region}"`,
        ...(isRepeated && {
          why: "a region can have only one place in an order",
          other: { path: [...path, regions.indexOf(region)] },
        }),
        fix: isRepeated ? "remove one of the two" : `use a region of the cell: ${listed(usableRegions(own))}`,
      }),
    ];
  });
}

/** An order for all viewers need not suit every one of them; an order for a country must suit that country. */
function outsideZone(
  file: FleetFile,
  cell: string,
  entry: CellEntry,
  { country, path, regions }: WrittenOrder,
): readonly Problem[] {
  if (country === undefined) return [];
  const viewers = new Set(expandCountries([country]));
  const zones = (entry.zones ?? []).flatMap((name) => {
    const zone = entryOf(file.zones, name);
    return zone && expandCountries(zone.countries).some((code) => viewers.has(code)) ? [{ name, zone }] : [];
  });
  return regions.flatMap((region, index) => {
    const left = zones.find(({ zone }) => !zone.regions.includes(region));
    if (!left || !findRegion(region)) return [];
    return [
      problem("order-outside-zone", [...path, index], {
        message: `region "${region}" is outside zone "${left.name}", which viewers from ${country} must stay inside in cell "${cell}"`,
        fix: `use regions of the zone: ${listed(usableRegions(left.zone.regions))}`,
      }),
    ];
  });
}
