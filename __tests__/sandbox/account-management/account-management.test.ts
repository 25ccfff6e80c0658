import { createAccountManagement } from "../../../sandbox/account-management/account-management";
import { createLimits } from "../../../sandbox/limits";
import { codeOf } from "../clients";

const limits = createLimits();
const service = createAccountManagement(limits);

async function statusOf(input: object, path = "/getRegionOptStatus") {
  const { body } = await service.handle({
    ...{ method: "POST", host: "127.0.0.1", path, headers: {}, body: Buffer.from(JSON.stringify(input)) },
    ...{ service: "account", region: "us-east-1", account: "111111111111" },
  });
  return JSON.parse(body.toString());
}

test("a region is on, unless it was set to be off in the account", async () => {
  limits.set({ name: "region-opt-in", value: 0, region: "eu-south-1", account: "111111111111" });
  limits.set({ name: "region-opt-in", value: 0, region: "eu-south-2", account: "222222222222" });
  expect(await statusOf({ RegionName: "eu-south-1" })).toEqual({
    RegionName: "eu-south-1",
    RegionOptStatus: "DISABLED",
  });
  expect(await statusOf({ RegionName: "eu-south-2" })).toMatchObject({ RegionOptStatus: "ENABLED" });
});

test("what is not served is refused", async () => {
  const region = { RegionName: "eu-south-1" };
  expect(await codeOf(statusOf({ ...region, AccountId: "222222222222" }))).toBe("AccessDeniedException");
  expect(await codeOf(statusOf({}))).toBe("ValidationException");
  expect(await codeOf(statusOf(region, "/enableRegion"))).toBe("NotImplemented");
});
