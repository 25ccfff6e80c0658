import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetStacks } from "../../fleet/stacks";
import { fleetOf } from "../support/fleet";
import { organizationFile } from "../support/organization";
import { onlyResource, ref, type StackJson, stackOf, synthJson } from "../support/synth";

const controlTower = { enabled: true, controls: ["AWS-GR_ENCRYPTED_VOLUMES"] };
const landingZone = { version: "3.3", logArchive: "archive", audit: "audit" };

function fileWith(more: Partial<NonNullable<FleetFile["organization"]>["controlTower"]> = {}): FleetFile {
  return {
    ...organizationFile,
    organization: {
      management: "management",
      units: ["security", "tenants/eu", "workloads"],
      regionGuardrail: true,
      controlTower: { ...controlTower, ...more },
    },
    accounts: {
      ...organizationFile.accounts,
      archive: { id: "666666666666", unit: "security" },
      audit: { email: "aws+audit@example.com", unit: "security" },
    },
  };
}

const stacksOf = (file: FleetFile) => synthJson(fleetOf(file));

describe("Control Tower", () => {
  let stack: StackJson;
  let zoneStack: StackJson;

  beforeAll(() => {
    const stacks = stacksOf(fileWith({ landingZone }));
    stack = stackOf(stacks, "control-tower");
    zoneStack = stackOf(stacks, "landing-zone");
  });

  test("has its controls on every unit that holds accounts, but not on its own", () => {
    const controls = Object.values(stack.resource.aws_controltower_control ?? {});
    expect(
      controls.map(({ control_identifier, target_identifier }) => [control_identifier, target_identifier]),
    ).toEqual([
      [
        "arn:aws:controlcatalog:::control/50utmyu7yqmhr8fpnpo8bnaj1",
        ref('data.terraform_remote_state.organization.outputs.unit_arns["tenants/eu"]'),
      ],
      [
        "arn:aws:controltower:us-east-1::control/AWS-GR_ENCRYPTED_VOLUMES",
        ref('data.terraform_remote_state.organization.outputs.unit_arns["tenants/eu"]'),
      ],
      [
        "arn:aws:controltower:us-east-1::control/AWS-GR_ENCRYPTED_VOLUMES",
        ref("data.terraform_remote_state.organization.outputs.unit_arns.workloads"),
      ],
    ]);
  });

  test("allows the regions that a unit uses, us-east-1 for its fronts and its bootstrap among them", () => {
    const [first] = Object.values(stack.resource.aws_controltower_control ?? {});
    expect(first?.parameters).toEqual([
      { key: "AllowedRegions", value: '["eu-central-1","eu-west-1","us-east-1"]' },
      { key: "ExemptedActions", value: '["cloudfront-keyvaluestore:*"]' },
    ]);
  });

  test("changes one control of a unit at a time", () => {
    const controls = Object.entries(stack.resource.aws_controltower_control ?? {});
    const [[first] = []] = controls;
    expect(controls.map(([, { depends_on }]) => depends_on)).toEqual([
      undefined,
      [`aws_controltower_control.${first}`],
      undefined,
    ]);
  });

  test("has its landing zone in a stack apart, after which the units can be registered", () => {
    expect(stack.resource.aws_controltower_landing_zone).toBeUndefined();
    expect(zoneStack.resource.aws_controltower_control).toBeUndefined();
    const order = fleetStacks(fleetOf(fileWith({ landingZone }))).map(({ after, name }) => [name, ...after]);
    expect(order).toEqual(
      expect.arrayContaining([
        ["landing-zone", "accounts"],
        ["control-tower", "landing-zone"],
      ]),
    );
  });

  test("is in us-east-1 unless it is told where", () => {
    for (const { provider } of [stack, zoneStack])
      expect(provider.aws).toMatchObject([{ alias: "management_us_east_1", region: "us-east-1" }]);
  });

  test("has a landing zone over all regions of the fleet, with days as text", () => {
    const { manifest_json, ...rest } = onlyResource(zoneStack, "aws_controltower_landing_zone");
    expect(rest).toMatchObject({ version: "3.3", lifecycle: { prevent_destroy: true } });
    expect(JSON.parse(String(manifest_json))).toEqual({
      governedRegions: ["eu-central-1", "eu-west-1", "us-east-1"],
      organizationStructure: { security: { name: "security" } },
      centralizedLogging: {
        accountId: "666666666666",
        configurations: {
          loggingBucket: { retentionDays: "365" },
          accessLoggingBucket: { retentionDays: "365" },
        },
        enabled: true,
      },
      securityRoles: {
        accountId: ref("data.terraform_remote_state.accounts.outputs.accounts.audit"),
      },
      accessManagement: { enabled: true },
    });
  });

  test("lets go of the landing zone that the stack of the controls held once", () => {
    expect(stack.removed).toEqual([
      { from: "aws_controltower_landing_zone.landing_zone", lifecycle: { destroy: false } },
    ]);
    expect(zoneStack.removed).toBeUndefined();
  });

  test("knows the manifest of version 4, which has no units and a switch in each part", () => {
    const newer = stackOf(
      stacksOf(fileWith({ landingZone: { ...landingZone, version: "4.0" } })),
      "landing-zone",
    );
    const manifest = JSON.parse(String(onlyResource(newer, "aws_controltower_landing_zone").manifest_json));
    const audit = ref("data.terraform_remote_state.accounts.outputs.accounts.audit");
    expect(manifest.organizationStructure).toBeUndefined();
    expect(manifest.securityRoles).toEqual({ accountId: audit, enabled: true });
    expect(manifest.config).toEqual({
      accountId: audit,
      configurations: manifest.centralizedLogging.configurations,
      enabled: true,
    });
    expect(manifest.backup).toEqual({ enabled: false });
  });
});

test("Control Tower of an EU fleet is in the EU, with the controls of that region, and governs nothing else", () => {
  const { zones, ...file } = fileWith({ landingZone, homeRegion: "eu-central-1" });
  const accounts = Object.fromEntries(
    Object.entries(file.accounts).map(([name, { zone: _, ...account }]) => [name, account]),
  );
  const stacks = stacksOf({ ...file, zones, accounts, bootstrap: undefined, cells: {} });
  const controls = stackOf(stacks, "control-tower");
  const zone = stackOf(stacks, "landing-zone");
  for (const { provider } of [controls, zone])
    expect(provider.aws).toMatchObject([{ alias: "management_eu_central_1", region: "eu-central-1" }]);
  expect(JSON.stringify(controls.resource)).toContain(
    "arn:aws:controltower:eu-central-1::control/AWS-GR_ENCRYPTED_VOLUMES",
  );
  const { manifest_json } = onlyResource(zone, "aws_controltower_landing_zone");
  expect(JSON.parse(String(manifest_json)).governedRegions).toEqual(["eu-central-1", "eu-west-1"]);
  expect(stackOf(stacks, "identity").provider.aws).toMatchObject([{ region: "eu-central-1" }]);
});

test("there is one region guardrail: Control Tower's, or Meridian's", () => {
  const guardrails = (file: FleetFile) => {
    const stacks = stacksOf(file);
    const texts = [stacks.get("accounts"), stacks.get("control-tower")].map(
      (stack) => JSON.stringify(stack) ?? "",
    );
    return texts.map((text) => /DenyRegionsNotUsed|AllowedRegions/.exec(text)?.[0]);
  };
  expect(guardrails(fileWith())).toEqual([undefined, "AllowedRegions"]);
  expect(guardrails(fileWith({ enabled: false }))).toEqual(["DenyRegionsNotUsed", undefined]);
});
