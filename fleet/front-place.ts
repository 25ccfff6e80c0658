import { findRegion } from "./geography/regions";
import type { CellEntry } from "./schema/fleet-file";
import { sortBy } from "./values";

/**
 * The account that a cell's front lives in: the one that it names, or the only one of the cell. With several, and none
 * named, no rule would do: whichever account it chose, one more could take its place, and a live front would move.
 */
export function frontAccount(entry: CellEntry): string | undefined {
  const [only, ...others] = Object.keys(entry.targets);
  return entry.front?.account ?? (others.length === 0 ? only : undefined);
}

/**
 * The accounts of a cell's targets: that of the front first, so that another account changes neither its first region
 * nor the place of its access logs, then by name.
 */
export function targetAccounts(entry: CellEntry): readonly string[] {
  const front = frontAccount(entry);
  return sortBy(Object.keys(entry.targets), (name) => (name === front ? "" : name));
}

/**
 * The region of a front's log bucket: the cell's first that CloudFront can write to and that lies in the zone that
 * keeps the cell's data, or else that zone's own first. CloudFront writes to no region that must be opted in to:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
 */
export function logRegion(
  regions: readonly string[],
  zoneRegions: readonly string[] | undefined,
): string | undefined {
  const candidates = zoneRegions
    ? [...regions.filter((region) => zoneRegions.includes(region)), ...zoneRegions]
    : regions;
  return candidates.find((region) => findRegion(region)?.optIn === false);
}
