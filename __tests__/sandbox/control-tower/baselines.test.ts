import { createOrganizations } from "../../../sandbox/organizations/organizations";
import { errorOf, jsonClient } from "../clients";
import { client, landed, register, someManifest, unitArn, version4, volumes } from "./support";

describe("the services of its organization", () => {
  async function organized() {
    const organizations = createOrganizations();
    const ask = jsonClient(organizations.handle, "organizations");
    await ask("CreateOrganization");
    const trusted = async () =>
      (await ask("ListAWSServiceAccessForOrganization")).EnabledServicePrincipals.map(
        (one: { ServicePrincipal: string }) => one.ServicePrincipal.replace(".amazonaws.com", ""),
      );
    return { ask, call: client(organizations), trusted };
  }

  test("are enabled by the landing zone, and by the first registered unit", async () => {
    const { call, trusted } = await organized();
    await call("/create-landingzone", { version: "3.3", manifest: someManifest });
    expect(await trusted()).toEqual(["cloudtrail", "config", "controltower", "sso"]);
    await register(call);
    expect(await trusted()).toContain("member.org.stacksets.cloudformation");
  });

  test("are as many as the landing zone has parts", async () => {
    const { call, trusted } = await organized();
    const off = { enabled: false };
    const parts = { centralizedLogging: off, config: off, securityRoles: off, accessManagement: off };
    await call("/create-landingzone", { version: "4.0", manifest: { ...version4, ...parts } });
    expect(await trusted()).toEqual(["controltower"]);
  });

  test.each(["config", "cloudtrail"])("may not have %s among them before", async (name) => {
    const { ask, call } = await organized();
    await ask("EnableAWSServiceAccess", { ServicePrincipal: `${name}.amazonaws.com` });
    const create = call("/create-landingzone", { version: "3.3", manifest: someManifest });
    expect(await errorOf(create)).toContain(`trusted access enabled for ${name}.amazonaws.com`);
  });
});

describe("a unit", () => {
  const control = { controlIdentifier: volumes, targetIdentifier: unitArn };
  const notRegistered =
    "ResourceNotFoundException: Organizational unit ou-ab12-abcdefgh is not registered with AWS Control Tower.";

  it("takes controls only once it is registered, up to version 3.3", async () => {
    const call = client();
    expect(await errorOf(call("/enable-control", control))).toBe(notRegistered);
    await call("/create-landingzone", { version: "3.3", manifest: someManifest });
    expect(await errorOf(call("/enable-control", control))).toBe(notRegistered);
    const enabledBaselineIdentifier = await register(call);
    expect(await call("/enable-control", control)).toHaveProperty("arn");
    await call("/disable-control", control);
    await call("/disable-baseline", { enabledBaselineIdentifier });
    expect(await errorOf(call("/enable-control", control))).toBe(notRegistered);
  });

  it("takes controls as it is from version 4.0 on", async () => {
    const call = client();
    await call("/create-landingzone", { version: "4.0", manifest: version4 });
    expect(await call("/enable-control", control)).toHaveProperty("arn");
  });

  it("is registered once, and told of Identity Center", async () => {
    const call = await landed();
    expect(await errorOf(register(call))).toContain("ConflictException");
    const { baselines } = await call("/list-baselines", {});
    const input = {
      baselineIdentifier: baselines.find(({ name }: { name: string }) => name === "AWSControlTowerBaseline")
        .arn,
      baselineVersion: "4.0",
      targetIdentifier: `${unitArn}x`,
    };
    expect(await errorOf(call("/enable-baseline", input))).toContain("IdentityCenterEnabledBaselineArn");
  });

  it("is registered after the unit that it is in", async () => {
    const organizations = createOrganizations();
    const ask = jsonClient(organizations.handle, "organizations");
    await ask("CreateOrganization");
    const made = async (ParentId: string, Name: string) =>
      (await ask("CreateOrganizationalUnit", { ParentId, Name })).OrganizationalUnit;
    const tenants = await made((await ask("ListRoots")).Roots[0].Id, "tenants");
    const eu = await made(tenants.Id, "eu");
    const call = client(organizations);
    await call("/create-landingzone", { version: "3.3", manifest: someManifest });
    expect(await errorOf(register(call, eu.Arn))).toContain(`${tenants.Id}, which ${eu.Id} is in`);
    await register(call, tenants.Arn);
    const arn = await register(call, eu.Arn);
    expect(await call("/get-enabled-baseline", { enabledBaselineIdentifier: arn })).toMatchObject({
      enabledBaselineDetails: { targetIdentifier: eu.Arn, statusSummary: { status: "SUCCEEDED" } },
    });
  });

  it("is not registered before there is a landing zone", async () => {
    expect(await errorOf(register(client()))).toContain("ResourceNotFoundException");
  });
});
