import { createControlTower } from "../../../sandbox/control-tower/control-tower";
import { errorOf, managementId } from "../clients";

const unitArn = `arn:aws:organizations::${managementId}:ou/o-abcdefghij/ou-ab12-abcdefgh`;
const regionDeny = "arn:aws:controlcatalog:::control/50utmyu7yqmhr8fpnpo8bnaj1";
const volumes = "arn:aws:controltower:us-east-1::control/AWS-GR_ENCRYPTED_VOLUMES";
const someManifest = {
  governedRegions: ["eu-west-1", "us-east-1"],
  organizationStructure: { security: { name: "Security" }, sandbox: { name: "Sandbox" } },
  centralizedLogging: {
    accountId: "222222222222",
    configurations: { loggingBucket: { retentionDays: "365" }, accessLoggingBucket: { retentionDays: 30 } },
    enabled: true,
  },
  securityRoles: { accountId: "333333333333" },
  accessManagement: { enabled: true },
};

function client() {
  const { handle } = createControlTower();
  return async (path: string, input?: object, method = "POST") => {
    const { body } = await handle({
      method,
      host: "127.0.0.1",
      path,
      headers: {},
      body: Buffer.from(input ? JSON.stringify(input) : ""),
      service: "controltower",
      region: "us-east-1",
      account: managementId,
    });
    return JSON.parse(body.toString());
  };
}

const regions = (...value: string[]) => [{ key: "AllowedRegions", value }];

describe("the landing zone", () => {
  it("is made, found by its ARN or its id, changed and deleted", async () => {
    const call = client();
    const { arn, operationIdentifier } = await call("/create-landingzone", {
      version: "3.3",
      manifest: someManifest,
    });
    expect(await call("/get-landingzone-operation", { operationIdentifier })).toMatchObject({
      operationDetails: { operationType: "CREATE", status: "SUCCEEDED" },
    });
    const get = (landingZoneIdentifier: string) => call("/get-landingzone", { landingZoneIdentifier });
    expect(await get(arn)).toMatchObject({
      landingZone: { arn, version: "3.3", status: "ACTIVE", driftStatus: { status: "IN_SYNC" } },
    });
    expect((await get(arn.split("/")[1])).landingZone.manifest).toEqual(someManifest);
    const changed = { ...someManifest, governedRegions: ["eu-west-1"] };
    await call("/update-landingzone", { landingZoneIdentifier: arn, version: "3.3", manifest: changed });
    expect((await get(arn)).landingZone.manifest).toEqual(changed);
    expect(await call("/list-landingzones", {})).toEqual({ landingZones: [{ arn }] });
    await call("/delete-landingzone", { landingZoneIdentifier: arn });
    expect(await errorOf(get(arn))).toContain("ResourceNotFoundException");
  });

  it("is alone in its organization", async () => {
    const call = client();
    const create = () => call("/create-landingzone", { version: "3.3", manifest: someManifest });
    await create();
    expect(await errorOf(create())).toContain("ConflictException");
  });

  it.each([
    ["a field too few", { ...someManifest, securityRoles: undefined }, "missing some required"],
    ["a field too many", { ...someManifest, guard: true }, "not recognized: manifest.guard"],
    [
      "a field deep inside",
      { ...someManifest, securityRoles: { accountId: "3" } },
      "securityRoles.accountId",
    ],
    ["a word for a region", { ...someManifest, governedRegions: ["Ireland"] }, "governedRegions"],
    [
      "one account for both roles",
      { ...someManifest, securityRoles: { accountId: "222222222222" } },
      "the same account",
    ],
  ])("is refused with %s", async (_, manifest, why) => {
    const error = await errorOf(client()("/create-landingzone", { version: "3.3", manifest }));
    expect(error).toContain("ValidationException");
    expect(error).toContain(why);
  });

  it("has another manifest from version 4.0 on", async () => {
    const call = client();
    const { organizationStructure: _, ...rest } = someManifest;
    const manifest = { ...rest, securityRoles: { ...rest.securityRoles, enabled: true } };
    const create = (body: object) => call("/create-landingzone", { version: "4.0", manifest: body });
    expect(await errorOf(create(someManifest))).toContain("not recognized");
    expect(await create(manifest)).toHaveProperty("arn");
    expect(await errorOf(call("/create-landingzone", { version: "9.9", manifest }))).toContain(
      "not supported",
    );
  });
});

describe("a control", () => {
  it("is enabled on a unit, listed, changed and disabled", async () => {
    const call = client();
    const target = { controlIdentifier: regionDeny, targetIdentifier: unitArn };
    const { arn, operationIdentifier } = await call("/enable-control", {
      ...target,
      parameters: regions("eu-west-1"),
    });
    expect(await call("/get-control-operation", { operationIdentifier })).toMatchObject({
      controlOperation: { ...target, operationType: "ENABLE_CONTROL", status: "SUCCEEDED" },
    });
    const get = () => call("/get-enabled-control", { enabledControlIdentifier: arn });
    expect(await get()).toMatchObject({
      enabledControlDetails: {
        ...target,
        parameters: regions("eu-west-1"),
        driftStatusSummary: { driftStatus: "IN_SYNC" },
      },
    });
    await call("/update-enabled-control", {
      enabledControlIdentifier: arn,
      parameters: regions("eu-west-1", "us-east-1"),
    });
    expect((await get()).enabledControlDetails.parameters).toEqual(regions("eu-west-1", "us-east-1"));
    const list = async (targetIdentifier: string) =>
      (await call("/list-enabled-controls", { targetIdentifier })).enabledControls;
    expect(await list(unitArn)).toMatchObject([target]);
    expect(await list(`${unitArn}x`)).toEqual([]);
    await call("/disable-control", target);
    expect(await errorOf(get())).toContain("ResourceNotFoundException");
  });

  it.each([
    ["an account", `arn:aws:organizations::${managementId}:account/o-abcdefghij/222222222222`],
    ["the root", `arn:aws:organizations::${managementId}:root/o-abcdefghij/r-ab12`],
    ["the id of a unit", "ou-ab12-abcdefgh"],
  ])("is refused on %s", async (_, targetIdentifier) => {
    const call = client()("/enable-control", { controlIdentifier: volumes, targetIdentifier });
    expect(await errorOf(call)).toMatch(/^ValidationException: .* is not the ARN of an organizational unit/);
  });

  it("is enabled once on a unit", async () => {
    const call = client();
    const enable = () => call("/enable-control", { controlIdentifier: volumes, targetIdentifier: unitArn });
    await enable();
    expect(await errorOf(enable())).toContain("ConflictException");
  });

  it("that denies regions has to be told which are allowed, as a list", async () => {
    const call = client();
    const enable = (parameters?: object) =>
      call("/enable-control", { controlIdentifier: regionDeny, targetIdentifier: unitArn, parameters });
    expect(await errorOf(enable())).toBe("ValidationException: Parameter AllowedRegions is required.");
    expect(await errorOf(enable([{ key: "AllowedRegions", value: '["eu-west-1"]' }]))).toContain("no list");
    expect(await errorOf(enable([{ key: "Regions", value: ["eu-west-1"] }]))).toContain("Regions");
  });
});

test("tags are kept with what they are on", async () => {
  const call = client();
  const { arn } = await call("/enable-control", {
    controlIdentifier: volumes,
    targetIdentifier: unitArn,
    tags: { a: "1" },
  });
  const path = `/tags/${encodeURIComponent(arn)}`;
  await call(path, { tags: { b: "2" } });
  expect(await call(path, undefined, "GET")).toEqual({ tags: { a: "1", b: "2" } });
  await call(`${path}?tagKeys=a`, undefined, "DELETE");
  expect(await call(path, undefined, "GET")).toEqual({ tags: { b: "2" } });
  expect(await errorOf(call("/tags/other", undefined, "GET"))).toContain("ResourceNotFoundException");
});

test("what is not served is refused by name", async () => {
  expect(await errorOf(client()("/enable-baseline", {}))).toContain("POST /enable-baseline");
});
