import { findRegion } from "./geography/regions";
import type { CellEntry } from "./schema/fleet-file";

/** The account that a cell's front lives in: the first of its targets' by name, unless it names one. */
export function frontAccount(entry: CellEntry): string | undefined {
  return entry.front?.account ?? Object.keys(entry.targets).sort()[0];
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
