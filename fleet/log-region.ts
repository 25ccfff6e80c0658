import { findRegion } from "./geography/regions";

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
