import { regionCodes } from "../../fleet/geography/regions";
import { router } from "./cell";

const far =
  "eu-central-1 eu-west-1 us-east-1 us-west-2 ap-southeast-1 ap-northeast-1 ap-south-1 sa-east-1 ca-central-1 ap-southeast-2";

test("ten regions around the world, and all countries, take less than 6 KB", () => {
  expect(Buffer.byteLength(router({ targets: { "globex-production": far.split(" ") } }))).toBeLessThan(6000);
});

test("all regions of AWS take less than CloudFront's 10 KB, with room for routes", () => {
  expect(Buffer.byteLength(router({ targets: { "globex-production": regionCodes } }))).toBeLessThan(8 * 1024);
});
