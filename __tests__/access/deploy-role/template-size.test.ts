import type { ExtensionFacts } from "../../../fleet/model";
import { resolveFleet } from "../../../fleet/resolve";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { bootstrapFile } from "../../support/bootstrap-fleet";
import { fleetOf } from "../../support/fleet";
import { pipelineFile } from "../../support/pipeline-fleet";
import { managementOf, ownAccount, type RoleProperties, templateOf } from "./templates";

/** Characters, without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const limits = { inline: 10_240, managed: 6_144, trust: 2_048 };

/** Bytes: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const templateLimit = 51_200;

/** A fleet with the longest names that the fleet file takes. */
const longestFile: FleetFile = {
  ...bootstrapFile,
  fleet: "a".repeat(20),
  defaults: { deployRole: "d".repeat(55), externalId: "x".repeat(100) },
  state: {
    backend: "s3",
    ...{ bucket: "b".repeat(55), region: "ap-southeast-1", account: "globex", replica: "ap-southeast-2" },
    prefix: "p".repeat(100),
  },
};
const longest = fleetOf(longestFile);

/** The same, with whatever asks for a policy more. */
const allFile: FleetFile = {
  ...longestFile,
  tables: { orders: { key: { customer: "string" }, kmsKey: "arn:aws:kms:{region}:{account}:key/mrk-1" } },
};
const queue: ExtensionFacts = {
  ...{ name: "queue", adds: ["target"], resourceTypes: {} },
  deploy: [{ actions: ["sqs:*"], resources: ["arn:aws:sqs:*:{account}:{fleet}_*"] }],
};
const withAll = resolveFleet(allFile, [queue]);

const stages = ["a", "b", "c", "d"].map((letter) => letter.repeat(20));
const cellIn = (stage: string) => ({ stage, targets: { staging: ["eu-west-1"] } });

/** A pipeline and other CI systems as well, and four stages with waves of several builds: more are check's business. */
const withPipeline = resolveFleet(
  {
    ...allFile,
    ...{ accounts: pipelineFile.accounts, pipeline: pipelineFile.pipeline, ci: pipelineFile.ci },
    ...{ stages, rollout: Object.fromEntries(stages.map((stage) => [stage, { verify: { path: "/" } }])) },
    pipeline: {
      ...(pipelineFile.pipeline as NonNullable<FleetFile["pipeline"]>),
      approvals: Object.fromEntries(stages.map((stage) => [stage, ["platform@example.com"]])),
    },
    cells: Object.fromEntries(
      stages.flatMap((stage) => [1, 2].map((number) => [`${stage.charAt(0)}-${number}`, cellIn(stage)])),
    ),
  },
  [queue],
);

/** What IAM counts: the policies once CloudFormation has filled in the account. */
function size(value: unknown): number {
  const text = JSON.stringify(value).replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, "$1");
  return text.replaceAll(ownAccount, "333333333333").length;
}

test.each([
  ["of members", templateOf, longest],
  ["of members of a fleet with tables and extensions", templateOf, withAll],
  ["of members of a fleet with all that and a pipeline of four stages", templateOf, withPipeline],
  ["of the management account", managementOf, longest],
])("the role %s stays within the limits of IAM and CloudFormation, whatever the names", (_, make, fleet) => {
  const template = make(fleet);
  const roles = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::IAM::Role");
  expect(roles.length).toBeGreaterThan(1);
  for (const { Properties } of roles) {
    const role = Properties as unknown as RoleProperties;
    expect(size(role.Policies)).toBeLessThan(limits.inline);
    expect(size(role.AssumeRolePolicyDocument)).toBeLessThan(limits.trust);
  }
  const managed = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::IAM::ManagedPolicy");
  for (const { Properties } of managed) expect(size(Properties?.PolicyDocument)).toBeLessThan(limits.managed);
  expect(Buffer.byteLength(JSON.stringify(template))).toBeLessThan(templateLimit);
});
