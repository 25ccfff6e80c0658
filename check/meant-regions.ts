import { findRegion, regionCodes } from "../fleet/geography/regions";
import type { FleetFile } from "../fleet/schema/fleet-file";
import { nearest } from "../fleet/wording";

/**
 * The same file with the regions that were most likely meant in the place of misspelt ones, as misspelt keys are read, too:
 * that `eu-wset-1` does not exist is reported once, and not that it lies outside a zone as well.
 */
export function withMeantRegions(file: FleetFile): FleetFile {
  return {
    ...file,
    ...(file.zones && { zones: mapValues(file.zones, (zone) => ({ ...zone, regions: list(zone.regions) })) }),
    cells: mapValues(file.cells, (cell) => ({
      ...cell,
      targets: mapValues(cell.targets, list),
      ...(cell.front?.order && {
        front: {
          ...cell.front,
          order: Array.isArray(cell.front.order)
            ? list(cell.front.order)
            : mapValues(cell.front.order as Readonly<Record<string, readonly string[]>>, list),
        },
      }),
    })),
  };
}

/** What is in the list already cannot be what was meant: then nobody knows. */
function list(written: readonly string[]): string[] {
  const read: string[] = [];
  for (const region of written) {
    const meant = findRegion(region) ? region : nearest(region, regionCodes);
    const isThere = meant === undefined || written.includes(meant) || read.includes(meant);
    read.push(isThere ? region : meant);
  }
  return read;
}

function mapValues<T, R>(map: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
