import type { FleetFile } from "../../fleet/schema/fleet-file";
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

  beforeAll(() => {
    stack = stackOf(stacksOf(fileWith({ landingZone })), "control-tower");
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

  test("changes one control of a unit at a time, and none before the landing zone is there", () => {
    const controls = Object.entries(stack.resource.aws_controltower_control ?? {});
    const [[first] = []] = controls;
    expect(controls.map(([, { depends_on }]) => depends_on)).toEqual([
      ["aws_controltower_landing_zone.landing_zone"],
      [`aws_controltower_control.${first}`],
      ["aws_controltower_landing_zone.landing_zone"],
    ]);
  });

  test("has a landing zone over all regions of the fleet, with days as text", () => {
    const { manifest_json, ...rest } = onlyResource(stack, "aws_controltower_landing_zone");
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

  test("leaves a landing zone standing that the fleet file has no more", () => {
    const without = stackOf(stacksOf(fileWith()), "control-tower");
    expect(without.removed).toEqual([
      { from: "aws_controltower_landing_zone.landing_zone", lifecycle: { destroy: false } },
    ]);
    expect(stack.removed).toBeUndefined();
  });

  test("knows the manifest of version 4, which has no units and a switch in each part", () => {
    const newer = stackOf(
      stacksOf(fileWith({ landingZone: { ...landingZone, version: "4.0" } })),
      "control-tower",
    );
    const manifest = JSON.parse(String(onlyResource(newer, "aws_controltower_landing_zone").manifest_json));
    expect(manifest.organizationStructure).toBeUndefined();
    expect(manifest.securityRoles.enabled).toBe(true);
  });
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
