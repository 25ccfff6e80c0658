import { centralServices, outsideZones } from "../../evidence/central";
import { cellResidency } from "../../evidence/residency";
import { residencyMarkdown } from "../../evidence/residency-markdown";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";
import { organizationFile } from "../support/organization";
import { pipelineFile } from "../support/pipeline";
import { type Spoiled, synthesizedOf } from "./support";

const { organization, identity, zones, ...rest } = organizationFile;

/** A fleet of the EU, with everything around it, and a region for what the file can place. */
function fileIn(region: string | undefined): FleetFile {
  return {
    ...rest,
    zones: { eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] } },
    organization: {
      management: "management",
      units: [...(organization?.units ?? []), "security"],
      regionGuardrail: true,
      controlTower: {
        enabled: true,
        homeRegion: region,
        controls: ["AWS-GR_ENCRYPTED_VOLUMES"],
        landingZone: { version: "4.0", logArchive: "archive", audit: "audit" },
      },
    },
    identity: identity && { ...identity, region },
    bootstrap: { delivery: "delivery", region },
    state: { backend: "local", account: "delivery", bucket: "acme-state", region: "eu-west-1" },
    accounts: {
      ...rest.accounts,
      archive: { id: "666666666666", unit: "security" },
      audit: { id: "777777777777", unit: "security" },
    },
    cells: {
      globex: { stage: "production", zone: "eu", targets: { globex: ["eu-central-1", "eu-west-1"] } },
    },
  };
}

type Spoil = (stacks: Readonly<Record<string, Spoiled>>) => void;

function centralOf(file: FleetFile, spoil?: Spoil) {
  const fleet = fleetOf(file);
  const stacks = synthesizedOf(fleet, spoil);
  return { fleet, stacks, rows: centralServices(stacks, fleet) };
}

test("nothing that can be elsewhere is outside the EU in a fleet of the EU, and what is in the US is told", () => {
  const { rows } = centralOf(fileIn("eu-central-1"));
  expect(outsideZones(rows)).toEqual([]);
  expect(rows.map(({ region, service, stacks }) => `${region} ${service}: ${stacks.join(", ")}`)).toEqual([
    "eu-central-1 CloudFormation: bootstrap",
    "eu-central-1 CloudFormation: bootstrap",
    "eu-central-1 Control Tower: control-tower, landing-zone",
    "eu-central-1 IAM Identity Center: identity",
    "eu-west-1 AWS Config: landing-zone",
    "eu-west-1 KMS: state",
    "eu-west-1 S3: state",
    "us-east-1 AWS Config: landing-zone",
    "us-east-1 Budgets: budgets",
    "us-east-1 Organizations: accounts, organization",
  ]);
  expect(rows.filter(({ source }) => source === "")).toEqual([]);
});

test("all that the pipeline keeps is where the pipeline is, apart from the state in the same account", () => {
  const { pipeline } = pipelineFile;
  const { rows } = centralOf({
    ...pipelineFile,
    pipeline: { ...(pipeline as NonNullable<typeof pipeline>), account: "tools" },
  });
  const kept = rows.filter(({ stacks }) => stacks.includes("pipeline"));
  expect(kept.map(({ movedBy, region, service }) => `${region} ${service}: ${movedBy}`)).toEqual(
    ["CloudWatch Logs", "CodeBuild", "CodePipeline", "EventBridge", "KMS", "S3", "SNS"].map(
      (service) => `eu-central-1 ${service}: pipeline.region`,
    ),
  );
  expect(kept.filter(({ source }) => source === "")).toEqual([]);
  expect(rows.filter(({ service }) => service === "S3").map(({ stacks }) => stacks)).toEqual([
    ["state"],
    ["pipeline"],
  ]);
});

test("what could be in a zone is named where it is in none, with the key that moves it", () => {
  const { fleet, rows, stacks } = centralOf(fileIn(undefined));
  expect(outsideZones(rows).map(({ movedBy, service }) => `${service}: ${movedBy}`)).toEqual([
    "CloudFormation: bootstrap.region",
    "CloudFormation: bootstrap.operation.regionOrder",
    "Control Tower: organization.controlTower.homeRegion",
    "IAM Identity Center: identity.region",
  ]);
  const cells = fleet.cells.flatMap((cell) => cellResidency(stacks, cell) ?? []);
  expect(residencyMarkdown(fleet, cells, rows)).toContain(
    "**4 services could be in a zone, and are in none: CloudFormation in us-east-1;",
  );
});

test("what an extension adds counts as data that can be elsewhere", () => {
  const { rows } = centralOf(fileIn("eu-central-1"), ({ organization: stack }) => {
    stack.resource.aws_sns_topic = { alarms: { provider: "aws.management_us_east_1" } };
  });
  expect(outsideZones(rows)).toMatchObject([{ service: "aws_sns_topic", region: "us-east-1" }]);
});

test("a governed region counts, unless it is the one of the fronts", () => {
  const { rows } = centralOf(fileIn("eu-central-1"), ({ "landing-zone": stack }) => {
    const { landing_zone: zone } = stack.resource.aws_controltower_landing_zone;
    zone.manifest_json = JSON.stringify({ governedRegions: ["eu-central-1", "us-east-1", "us-west-2"] });
  });
  expect(outsideZones(rows)).toMatchObject([{ service: "AWS Config", region: "us-west-2" }]);
});

test("IAM is told where AWS runs it, and not where its provider works", () => {
  const file = fileIn("eu-central-1");
  const { rows } = centralOf({
    ...file,
    state: { ...file.state, replica: "eu-central-1" } as FleetFile["state"],
  });
  expect(rows.filter(({ service }) => service === "IAM")).toMatchObject([
    { region: "us-east-1", account: "222222222222", stacks: ["state"], zones: [] },
  ]);
  expect(outsideZones(rows)).toEqual([]);
});

test("a fleet without a foundation has nothing central", () => {
  const { identity: _, bootstrap: __, budget: ___, organization: ____, state: _____, ...alone } = fileIn("");
  expect(centralOf(alone).rows).toEqual([]);
});
