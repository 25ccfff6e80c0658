import { logRegion } from "../../fleet/front-place";

test.each([
  ["without a zone, the cell's first", ["eu-west-1", "us-east-1"], undefined, "eu-west-1"],
  [
    "the first that needs no opting in, which CloudFront does not write to",
    ["eu-south-1", "eu-west-1"],
    undefined,
    "eu-west-1",
  ],
  [
    "the cell's first inside its zone",
    ["us-east-1", "eu-west-1"],
    ["eu-central-1", "eu-west-1"],
    "eu-west-1",
  ],
  ["the zone's where the cell has none", ["eu-south-1"], ["eu-south-1", "eu-central-1"], "eu-central-1"],
  ["none outside the zone", ["eu-central-2", "eu-west-1"], ["eu-central-2"], undefined],
  ["none at all", ["eu-central-2"], undefined, undefined],
] as const)("logs lie in %s", (_, regions, zoneRegions, expected) => {
  expect(logRegion(regions, zoneRegions)).toBe(expected);
});
