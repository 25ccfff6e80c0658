import { errorOf, managementId } from "../clients";
import { client, landed, someManifest, unitArn, version4, volumes } from "./support";

const regionDeny = "arn:aws:controlcatalog:::control/50utmyu7yqmhr8fpnpo8bnaj1";
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
    const create = (body: object) => call("/create-landingzone", { version: "4.0", manifest: body });
    expect(await errorOf(create(someManifest))).toContain("not recognized");
    expect(await create(version4)).toHaveProperty("arn");
    expect(await errorOf(call("/create-landingzone", { version: "9.9", manifest: version4 }))).toContain(
      "not supported",
    );
  });

  it.each([
    ["no word of AWS Config", { config: undefined }, "manifest.config"],
    ["no word of AWS Backup", { backup: undefined }, "manifest.backup"],
    ["a part without a switch", { config: { accountId: "333333333333" } }, "manifest.config.enabled"],
    ["logging to no account", { centralizedLogging: { enabled: true } }, "centralizedLogging.accountId"],
    ["AWS Config in no account", { config: { enabled: true } }, "manifest.config.accountId"],
    ["backups to nowhere", { backup: { enabled: true } }, "manifest.backup.configurations"],
    [
      "roles for security without AWS Config",
      { config: { enabled: false } },
      "securityRoles cannot be enabled while config is disabled",
    ],
    [
      "access without roles for security",
      { securityRoles: { enabled: false } },
      "accessManagement cannot be enabled while securityRoles is disabled",
    ],
  ])("of version 4.0 is refused with %s", async (_, part, why) => {
    const manifest = { ...version4, ...part };
    const error = await errorOf(client()("/create-landingzone", { version: "4.0", manifest }));
    expect(error).toContain("ValidationException");
    expect(error).toContain(why);
  });

  it("answers in its home region only", async () => {
    const call = client();
    const elsewhere = (path: string, input: object) => call(path, input, "POST", "us-east-1");
    const create = (region: string) =>
      call("/create-landingzone", { version: "3.3", manifest: someManifest }, "POST", region);
    const { arn } = await create("eu-central-1");
    expect(arn).toContain(":eu-central-1:");
    const get = { landingZoneIdentifier: arn };
    expect(await call("/get-landingzone", get, "POST", "eu-central-1")).toHaveProperty("landingZone");
    expect(await errorOf(elsewhere("/get-landingzone", get))).toContain("not set up in us-east-1");
    expect(await elsewhere("/list-landingzones", {})).toEqual({ landingZones: [] });
    const control = { controlIdentifier: volumes, targetIdentifier: unitArn };
    expect(await errorOf(elsewhere("/enable-control", control))).toContain("not set up in us-east-1");
    expect(await errorOf(create("us-east-1"))).toContain("ConflictException");
  });
});

describe("a control", () => {
  it("is enabled on a unit, listed, changed and disabled", async () => {
    const call = await landed();
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
    const call = (await landed())("/enable-control", { controlIdentifier: volumes, targetIdentifier });
    expect(await errorOf(call)).toMatch(/^ValidationException: .* is not the ARN of an organizational unit/);
  });

  it("is enabled once on a unit", async () => {
    const call = await landed();
    const enable = () => call("/enable-control", { controlIdentifier: volumes, targetIdentifier: unitArn });
    await enable();
    expect(await errorOf(enable())).toContain("ConflictException");
  });

  it("that denies regions has to be told which are allowed, as a list", async () => {
    const call = await landed();
    const enable = (parameters?: object) =>
      call("/enable-control", { controlIdentifier: regionDeny, targetIdentifier: unitArn, parameters });
    expect(await errorOf(enable())).toBe("ValidationException: Parameter AllowedRegions is required.");
    expect(await errorOf(enable([{ key: "AllowedRegions", value: '["eu-west-1"]' }]))).toContain("no list");
    expect(await errorOf(enable([{ key: "Regions", value: ["eu-west-1"] }]))).toContain("Regions");
  });
});

test("tags are kept with what they are on", async () => {
  const call = await landed();
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
  expect(await errorOf(client()("/reset-enabled-baseline", {}))).toContain("POST /reset-enabled-baseline");
});
