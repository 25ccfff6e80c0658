import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { plainRequest } from "../../operations/aws/signed-request";
import { admin, copyOf, fleetAt, foundationOf, inParallel, meridian, planCode } from "./support";

const management = "211111111111";

/** Of Control Tower and Identity Center. */
const home = "eu-central-1";

/**
 * An organization that somebody else made, with everything in it that the example fleet does not have. `parting` is to be
 * closed later.
 */
const fleetFile = (units: Readonly<Record<"security" | "workloads", string>>) => `fleet: harbour
defaults: { deployRole: harbour-deploy, externalId: harbour-deliveries }
state: { backend: s3, account: delivery, bucket: harbour-state, region: eu-central-1, replica: eu-west-1 }
zones:
  eu: { regions: [eu-central-1, eu-west-1], countries: [EU] }
organization:
  management: management
  existing: true
  units: [{ path: Security, id: ${units.security} }, { path: apps, id: ${units.workloads} }, apps/eu, platform]
  regionGuardrail: true
  controlTower:
    enabled: true
    homeRegion: ${home}
    controls: [AWS-GR_ENCRYPTED_VOLUMES]
    landingZone: { version: "3.3", logArchive: log-archive, audit: audit }
  policies:
    trails:
      units: [apps]
      accounts: [newco]
      statements:
        - { Sid: TrailStays, Effect: Deny, Action: ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"] }
identity:
  existing: true
  groups: [engineers, "Harbour: auditors"]
  permissionSets:
    Engineer: { policies: ["arn:aws:iam::aws:policy/PowerUserAccess"], session: 4h }
    Reader:
      statements: [{ Effect: Allow, Action: "s3:List*", Resource: "*" }]
  access:
    - { group: engineers, permissionSet: Engineer, accounts: [newco] }
    - { group: "Harbour: auditors", permissionSet: Reader, units: [apps, Security] }
bootstrap:
  delivery: delivery
  units: [apps, platform]
  operation: { failureTolerance: 1, concurrency: 2, regionOrder: [us-east-1, eu-central-1] }
budget: { monthly: 900, alerts: [finops@example.com] }
accounts:
  management: { id: "${management}" }
  delivery: { id: "255555555555", unit: platform }
  log-archive: { id: "266666666666", unit: Security }
  audit: { id: "277777777777", unit: Security }
  blue: { id: "288888888888", unit: apps/eu, zone: eu }
  newco:
    email: aws+newco@example.com
    unit: apps/eu
    zone: eu
    budget: { monthly: 300, alerts: [blue@example.com], at: [90] }
  parting: { email: aws+parting@example.com, unit: apps/eu, zone: eu }
services:
  hello: { source: hello.ts, routes: ["/*"] }
cells:
  blue:
    stage: production
    tenant: blue
    zone: eu
    targets: { blue: [eu-west-1] }
`;

/** Of Control Tower's landing zone: https://docs.aws.amazon.com/controltower/latest/userguide/walkthrough-baseline-steps.html */
interface Baselines {
  readonly baselines: readonly { readonly name: string; readonly arn: string }[];
  readonly enabledBaselines: readonly { readonly baselineIdentifier: string; readonly arn: string }[];
}

/** Terraform wraps what it says to 78 characters. */
const unwrapped = (text: string) => stripVTControlCharacters(text).replaceAll(/[│\s]+/g, " ");

describe("a fleet in an organization with Control Tower, with its state in S3", () => {
  const folder = copyOf(join(__dirname, "fixtures", "one-target"));
  const file = join(folder.path, "fleet.yaml");
  let session: SandboxSession;
  let stacks: readonly string[];

  /** Calls a service as an administrator of the management account. The sandbox checks no signature there. */
  const ask = async <T>(service: string, path: string, target: string, input: object): Promise<T> => {
    const { endpoint } = session.sandbox;
    const region = service === "organizations" ? "us-east-1" : home;
    const { status, text } = await plainRequest({
      endpoint,
      method: "POST",
      path,
      headers: {
        host: new URL(endpoint).host,
        authorization: `AWS4-HMAC-SHA256 Credential=${management}/20261101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": target,
      },
      body: JSON.stringify(input),
    });
    if (status !== 200) throw new Error(`${target}: ${status} ${text}`);
    return JSON.parse(text);
  };
  const call = (service: string, target: string, input: object) =>
    ask<Record<string, unknown>>(service, "/", target, input);
  const controlTower = (path: string, input: object = {}) =>
    ask<Baselines>("controltower", path, path, input);
  const organizations = (action: string, input: object = {}) =>
    call("organizations", `AWSOrganizationsV20161128.${action}`, input);
  const unitsIn = async (ParentId: string) => {
    const { OrganizationalUnits } = await organizations("ListOrganizationalUnitsForParent", { ParentId });
    return OrganizationalUnits as readonly {
      readonly Id: string;
      readonly Arn: string;
      readonly Name: string;
    }[];
  };
  const rootId = async () => {
    const { Roots } = await organizations("ListRoots");
    return (Roots as readonly { readonly Id: string }[])[0]?.Id ?? "";
  };
  const trust = (ServicePrincipal: string) => organizations("EnableAWSServiceAccess", { ServicePrincipal });
  const madeUnit = async (ParentId: string, Name: string) => {
    const { OrganizationalUnit } = await organizations("CreateOrganizationalUnit", { ParentId, Name });
    return (OrganizationalUnit as { readonly Id: string }).Id;
  };
  const deploy = (...names: readonly string[]) =>
    meridian(session, file, "deploy", ...names.flatMap((stack) => ["--stack", stack]), "--yes");
  const deployed = async (...names: readonly string[]) => {
    const { code, text } = await deploy(...names);
    if (code !== 0) console.error(text);
    expect(code).toBe(0);
  };
  const plans = async (names: readonly string[]) => {
    const codes = await inParallel(names, (stack) => planCode(session, stack));
    return Object.fromEntries(names.map((stack, index) => [stack, codes[index]]));
  };
  const empty = (names: readonly string[]) => Object.fromEntries(names.map((stack) => [stack, 0]));

  beforeAll(async () => {
    const placeholder = "ou-root-00000000";
    writeFileSync(file, fleetFile({ security: placeholder, workloads: placeholder.replace(/0$/, "1") }));
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});

    await organizations("CreateOrganization", { FeatureSet: "ALL" });
    const root = await rootId();
    await organizations("EnablePolicyType", { RootId: root, PolicyType: "SERVICE_CONTROL_POLICY" });
    await trust("sso.amazonaws.com");
    const { Instances } = await call("sso", "SWBExternalService.ListInstances", {});
    const store = (Instances as readonly { readonly IdentityStoreId: string }[])[0]?.IdentityStoreId;
    for (const DisplayName of ["engineers", "Harbour: auditors"])
      await call("identitystore", "AWSIdentityStore.CreateGroup", { IdentityStoreId: store, DisplayName });

    const [security, workloads] = [await madeUnit(root, "Security"), await madeUnit(root, "Workloads")];
    writeFileSync(file, fleetFile({ security, workloads }));
    const fleet = await fleetAt(file);
    await admin(session, "calls", "DELETE");
    stacks = [...foundationOf(fleet).map(({ name }) => name), "blue_blue_eu-west-1"];
  });

  afterAll(async () => {
    await session?.close();
    folder.remove();
  });

  test("is told the command for what the organization lacks", async () => {
    const { code, text } = await deploy("organization");
    expect(code).not.toBe(0);
    expect(unwrapped(text)).toContain("aws cloudformation activate-organizations-access");
    await trust("member.org.stacksets.cloudformation.amazonaws.com");
  });

  test("gets its landing zone, and no control before the units are registered", async () => {
    const before = ["state_replica", "state", "organization", "accounts", "landing-zone"];
    await deployed(...before);
    const { code, text } = await deploy(...before, "control-tower");
    expect(code).not.toBe(0);
    expect(unwrapped(text)).toContain("is not registered with AWS Control Tower");
    const { baselines } = await controlTower("/list-baselines");
    const named = (name: string) => baselines.find((one) => one.name === name)?.arn;
    const { enabledBaselines } = await controlTower("/list-enabled-baselines");
    const center = enabledBaselines.find(
      ({ baselineIdentifier }) => baselineIdentifier === named("IdentityCenterBaseline"),
    );
    const outer = (await unitsIn(await rootId())).filter(({ Name }) => Name !== "Security");
    const inner = await Promise.all(outer.map(({ Id }) => unitsIn(Id)));
    for (const { Arn: targetIdentifier } of [...outer, ...inner.flat()]) {
      await controlTower("/enable-baseline", {
        baselineIdentifier: named("AWSControlTowerBaseline"),
        baselineVersion: "4.0",
        targetIdentifier,
        parameters: [{ key: "IdentityCenterEnabledBaselineArn", value: center?.arn }],
      });
    }
  });

  test("is deployed from an empty bucket, and a second plan is empty", async () => {
    expect(stacks).toEqual(expect.arrayContaining(["control-tower", "state", "state_replica"]));
    await deployed(...stacks);
    expect(await plans(stacks)).toEqual(empty(stacks));

    const { calls } = await admin<{ readonly calls: readonly { readonly action: string }[] }>(
      session,
      "calls",
    );
    const actions = calls.map(({ action }) => action);
    expect(actions).toContain("controltower:CreateLandingZone");
    expect(actions).not.toContain("identitystore:CreateGroup");
    expect(actions).not.toContain("organizations:CreateOrganization");
  });

  test("closes one account, by one call, when it is told to", async () => {
    const { code, text } = await meridian(session, file, "accounts", "--write");
    expect(text).toContain("newco");
    expect(code).toBe(0);
    const written = readFileSync(file, "utf8");
    expect(written).toMatch(/parting: \{ id: "\d{12}", email/);
    writeFileSync(file, written.replace(/(parting: \{ id: "\d{12}",)/, "$1 closed: true,"));

    await admin(session, "calls", "DELETE");
    const closing = ["--stack", "organization", "--stack", "accounts", "--delete-data", "parting", "--yes"];
    const closed = await meridian(session, file, "deploy", ...closing);
    expect([closed.code, closed.code === 0 ? "" : closed.text]).toEqual([0, ""]);
    const { calls } = await admin<{
      readonly calls: readonly { readonly action: string; readonly count: number }[];
    }>(session, "calls");
    const changes = calls.filter(
      ({ action }) => /^organizations:(?!Describe|List)/.test(action) && !action.endsWith("TagResource"),
    );
    expect(changes.map(({ action, count }) => `${action} ${count}`)).toEqual([
      "organizations:CloseAccount 1",
    ]);
    expect(await plans(["accounts"])).toEqual(empty(["accounts"]));
  });
});
