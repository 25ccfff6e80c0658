import { createLimits } from "../../../sandbox/limits";
import { createServiceQuotas } from "../../../sandbox/service-quotas/service-quotas";
import { codeOf, jsonClient } from "../clients";

const limits = createLimits();
const { handle } = createServiceQuotas(limits);
const call = jsonClient(handle, "servicequotas");
const inIreland = jsonClient((one) => handle({ ...one, region: "eu-west-1" }), "servicequotas");

const distributions = { ServiceCode: "cloudfront", QuotaCode: "L-24B04930" };
const storage = { ServiceCode: "lambda", QuotaCode: "L-2ACBD22F" };

test("a quota has the value that was set, and its default stays", async () => {
  limits.set({ name: "cloudfront-distributions", value: 7 });
  expect(await call("GetServiceQuota", distributions)).toMatchObject({
    Quota: { QuotaCode: "L-24B04930", ServiceCode: "cloudfront", Value: 7, GlobalQuota: true },
  });
  expect(await call("GetAWSDefaultServiceQuota", distributions)).toMatchObject({ Quota: { Value: 500 } });
});

test("storage is counted in gigabytes", async () => {
  expect(await call("GetServiceQuota", storage)).toMatchObject({ Quota: { Value: 75 } });
});

test("a global quota is known in us-east-1 only, and one that nobody asks for nowhere", async () => {
  expect(await codeOf(inIreland("GetServiceQuota", distributions))).toBe("NoSuchResourceException");
  expect(await inIreland("GetServiceQuota", storage)).toMatchObject({ Quota: { GlobalQuota: false } });
  const other = { ...distributions, QuotaCode: "L-00000000" };
  expect(await codeOf(call("GetServiceQuota", other))).toBe("NoSuchResourceException");
  expect(await codeOf(call("GetServiceQuota", { ServiceCode: "lambda" }))).toBe("IllegalArgumentException");
  expect(await codeOf(call("RequestServiceQuotaIncrease", distributions))).toBe("NotImplemented");
});

test("builds are counted by their size, and one limit is for all sizes", async () => {
  const medium = { ServiceCode: "codebuild", QuotaCode: "L-2DC20C30" };
  expect(await call("GetServiceQuota", medium)).toMatchObject({
    Quota: { QuotaName: "Concurrently running builds for Linux/Medium environment", Value: 1 },
  });
  limits.set({ name: "codebuild-builds", value: 10 });
  for (const QuotaCode of ["L-9D07B6EF", "L-0397D009"])
    expect(await call("GetServiceQuota", { ...medium, QuotaCode })).toMatchObject({ Quota: { Value: 10 } });
});

test("how many tables there may be is each region's own", async () => {
  const tables = { ServiceCode: "dynamodb", QuotaCode: "L-F98FE922" };
  expect(await inIreland("GetServiceQuota", tables)).toMatchObject({ Quota: { Value: 2_500 } });
  limits.set({ name: "dynamodb-tables", value: 3, region: "eu-west-1" });
  expect(await inIreland("GetServiceQuota", tables)).toMatchObject({ Quota: { Value: 3 } });
  expect(await call("GetServiceQuota", tables)).toMatchObject({ Quota: { Value: 2_500 } });
});
