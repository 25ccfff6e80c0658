import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { startPicture } from "../../../operations/plan/picture";
import type { ResourceChange } from "../../../operations/plan/terraform-plan";
import { fleetOf } from "../../support/fleet";
import { pipelineFile } from "../../support/pipeline";
import { planOf, resource } from "../../support/plans";

const fleet = fleetOf(pipelineFile);
const stackOf = (kind: FleetStack["kind"]) =>
  fleetStacks(fleet).find((stack) => stack.kind === kind) as FleetStack;

function risks(resources: readonly ResourceChange[], kind: FleetStack["kind"] = "pipeline") {
  const picture = startPicture(fleet);
  picture.add(stackOf(kind), planOf(resources));
  return picture
    .finish({ unchanged: [], orphans: [], failed: [] })
    .groups.flatMap(({ risks }) => risks.map(({ code, message }) => `${code}: ${message}`));
}

const repository = {
  ConnectionArn: "arn:aws:codeconnections:eu-central-1:555555555555:connection/a",
  FullRepositoryId: "acme/fleet",
  BranchName: "main",
  DetectChanges: "false",
};
const stages = (approvals: readonly string[], configuration: object = repository) => [
  {
    name: "Source",
    action: [{ name: "Source", category: "Source", provider: "CodeStarSourceConnection", configuration }],
  },
  ...["staging", "production"].map((name) => ({
    name,
    action: [
      { name: "Plan", category: "Build", provider: "CodeBuild" },
      ...(approvals.includes(name) ? [{ name: "Approve", category: "Approval", provider: "Manual" }] : []),
      { name: "Wave_1", category: "Build", provider: "CodeBuild" },
    ],
  })),
];
const store = (location: string, id = "arn:aws:kms:eu-central-1:555555555555:key/a") => [
  { type: "S3", location, encryption_key: [{ type: "KMS", id }] },
];

/** The pipeline as it is, and as it would be. */
const pipeline = (after: object) => {
  const before = {
    name: "acme",
    role_arn: "arn:aws:iam::555555555555:role/acme__pipeline",
    execution_mode: "QUEUED",
    artifact_store: store("pipeline-acme-1"),
    stage: stages(["production"]),
  };
  return resource("aws_codepipeline.fleet_pipeline", { before, after: { ...before, ...after } });
};

/** The project of a wave as it is, and as it would be. */
const project = (after: object) => {
  const role = "arn:aws:iam::555555555555:role/acme__pipeline_deploy_production";
  const before = {
    name: "acme__pipeline_deploy_production_1",
    service_role: role,
    build_timeout: 480,
    source: [{ type: "CODEPIPELINE", buildspec: '{"version":0.2}' }],
    environment: [{ image: "aws/codebuild/standard:7.0", compute_type: "BUILD_GENERAL1_SMALL" }],
    build_batch_config: [{ service_role: role }],
  };
  return resource("aws_codebuild_project.build_deploy_production_1_project", {
    before,
    after: { ...before, ...after },
  });
};

const topic = "arn:aws:sns:eu-central-1:555555555555:acme__pipeline_approve_production";
type Values = Readonly<Record<string, unknown>>;
const subscription = (before: Values | null, after: Values | null) =>
  resource("aws_sns_topic_subscription.tell_approve_production_person_platformexamplecom", {
    before,
    after,
  });
const platform = { endpoint: "platform@example.com", topic_arn: topic };

test.each<readonly [string, ResourceChange, string]>([
  [
    "an approval goes",
    pipeline({ stage: stages([]) }),
    "approval-taken-away: production would be deployed without an approval",
  ],
  [
    "another branch is rolled out",
    pipeline({ stage: stages(["production"], { ...repository, BranchName: "next" }) }),
    "pipeline-source-changed: pipeline fleet would roll out CodeStarSourceConnection: BranchName next, ConnectionArn arn:aws:codeconnections:eu-central-1:555555555555:connection/a, FullRepositoryId acme/fleet instead of CodeStarSourceConnection: BranchName main, ConnectionArn arn:aws:codeconnections:eu-central-1:555555555555:connection/a, FullRepositoryId acme/fleet",
  ],
  [
    "the pipeline has another role",
    pipeline({ role_arn: "arn:aws:iam::555555555555:role/admin" }),
    "build-role-changed: pipeline fleet would run as arn:aws:iam::555555555555:role/admin instead of arn:aws:iam::555555555555:role/acme__pipeline",
  ],
  [
    "a newer execution may overtake",
    pipeline({ execution_mode: "SUPERSEDED" }),
    "execution-mode-changed: executions of pipeline fleet would be SUPERSEDED instead of QUEUED",
  ],
  [
    "artifacts go into another bucket",
    pipeline({ artifact_store: store("pipeline-acme-2") }),
    "artifacts-moved: pipeline fleet would keep its artifacts elsewhere",
  ],
  [
    "artifacts are encrypted with another key",
    pipeline({ artifact_store: store("pipeline-acme-1", "arn:aws:kms:eu-central-1:555555555555:key/b") }),
    "artifacts-moved: pipeline fleet would keep its artifacts elsewhere",
  ],
  [
    "the bucket of the artifacts is made again",
    pipeline({ artifact_store: [{ ...store("")[0], location: undefined }] }),
    "artifacts-moved: pipeline fleet would keep its artifacts elsewhere",
  ],
  [
    "a build has another role",
    project({ service_role: "arn:aws:iam::555555555555:role/admin" }),
    "build-role-changed: project build_deploy_production_1 would run as arn:aws:iam::555555555555:role/admin instead of arn:aws:iam::555555555555:role/acme__pipeline_deploy_production",
  ],
  [
    "a batch has another role",
    project({ build_batch_config: [{ service_role: "arn:aws:iam::555555555555:role/admin" }] }),
    "build-role-changed: project build_deploy_production_1 would run as arn:aws:iam::555555555555:role/admin instead of arn:aws:iam::555555555555:role/acme__pipeline_deploy_production",
  ],
  [
    "a build runs other commands",
    project({ source: [{ type: "CODEPIPELINE", buildspec: "{}" }] }),
    "build-changed: builds of project build_deploy_production_1 would run something else",
  ],
  [
    "a build runs in another image",
    project({ environment: [{ image: "example.com/mine", compute_type: "BUILD_GENERAL1_SMALL" }] }),
    "build-changed: builds of project build_deploy_production_1 would run something else",
  ],
  [
    "somebody is told no longer",
    subscription(platform, null),
    "approvers-changed: platform@example.com would no longer be told by the topic acme__pipeline_approve_production",
  ],
  [
    "somebody is told newly",
    subscription(null, platform),
    "approvers-changed: platform@example.com would newly be told by the topic acme__pipeline_approve_production",
  ],
])("%s", (_, change, expected) => {
  expect(risks([change])).toEqual([expected]);
});

test.each<readonly [string, ResourceChange]>([
  ["a new pipeline", resource("aws_codepipeline.x", { before: null, after: { stage: stages([]) } })],
  ["a new project", resource("aws_codebuild_project.x", { before: null, after: { service_role: "x" } })],
  ["the people of a new topic", subscription(null, { endpoint: "platform@example.com" })],
  ["an approval more", pipeline({ stage: stages(["staging", "production"]) })],
  ["a stage that goes with its approval", pipeline({ stage: stages(["production"]).slice(0, 2) })],
  [
    "how a source is looked for",
    pipeline({ stage: stages(["production"], { ...repository, DetectChanges: "true" }) }),
  ],
  ["a longer time limit", project({ build_timeout: 481 })],
  ["a wave that needs no batch any more", project({ build_batch_config: [] })],
])("%s is no risk", (_, change) => {
  expect(risks([change])).toEqual([]);
});

test("projects and topics of other stacks are not the pipeline's", () => {
  const others = [
    subscription(platform, null),
    project({ source: [{ type: "CODEPIPELINE", buildspec: "{}" }] }),
  ];
  expect(risks(others, "bootstrap")).toEqual([]);
});
