import { findRegion, regionCodes, usableRegions } from "../../../fleet/geography/regions";

/** AWS's list: https://docs.aws.amazon.com/lambda/latest/dg/lambda-urls.html */
const without = [
  "ca-west-1",
  "eu-central-2",
  "eu-south-2",
  "il-central-1",
  "me-central-1",
  "ap-south-2",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ap-east-2",
];

test("regions without function URLs are those of AWS's list, all of which must be opted in to", () => {
  expect(regionCodes.filter((code) => findRegion(code)?.functionUrls === false)).toEqual(without);
  for (const code of without) expect(findRegion(code)?.optIn).toBe(true);
});

test("usable regions are those that AWS has, with function URLs", () => {
  expect(usableRegions(["eu-west-1", "eu-central-2", "eu-nowhere-1", "eu-south-1"])).toEqual([
    "eu-west-1",
    "eu-south-1",
  ]);
});
