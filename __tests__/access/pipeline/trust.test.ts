import { githubTrust, pipelineTrust } from "../../../access/pipeline/trust";
import { serviceRequestOf } from "../../../access/policy/request";
import type { PipelineRole } from "../../../fleet/pipeline";
import { statementsOf } from "../../../fleet/policy-document";
import { expectTight, type PolicyCase } from "../../support/loosened";
import { pipelineFleet } from "../../support/pipeline-fleet";

const fleet = pipelineFleet();
const codebuild = (rest: string) => `arn:aws:codebuild:eu-central-1:666666666666:${rest}`;

function by(
  expected: PolicyCase["expected"],
  source: string | undefined,
  { account = "666666666666", action = "sts:AssumeRole", service = "codebuild.amazonaws.com" } = {},
): PolicyCase {
  return {
    expected,
    request: serviceRequestOf({
      ...{
        action,
        service,
        region: "eu-central-1",
        resource: "arn:aws:iam::666666666666:role/acme__pipeline",
      },
      context: { ...(source && { "aws:SourceArn": source }), "aws:SourceAccount": account },
    }),
  };
}

const trustOf = (role: PipelineRole) => pipelineTrust(fleet, fleet.pipeline, role);

test("the role of a stage's builds is for builds of that stage's projects alone", () => {
  const own = codebuild("project/acme__pipeline_deploy_staging_1");
  expectTight(trustOf({ kind: "deploy", of: "staging" }), [
    by("allow", own),
    by("allow", codebuild("build/acme__pipeline_deploy_staging_1:uuid")),
    by("allow", codebuild("build-batch/acme__pipeline_deploy_staging_1:uuid")),
    by("allow", codebuild("project/acme__pipeline_verify_staging")),
    by("allow", codebuild("build/acme__pipeline_verify_staging:uuid")),
    by("allow", codebuild("build-batch/acme__pipeline_verify_staging:uuid")),
    ...["project/acme__pipeline_deploy_production_1", "project/acme__pipeline_deploy_staging-eu_1"].map(
      (other) => by("nothing", codebuild(other)),
    ),
    ...["project", "build", "build-batch"].map((type) =>
      by("nothing", codebuild(`${type}/acme__pipeline_check`)),
    ),
    ...["build", "build-batch"].map((type) => by("nothing", codebuild(`${type}/acme__pipeline_check:uuid`))),
    ...[
      own,
      codebuild("project/acme__pipeline_verify_staging"),
      ...["build", "build-batch"].flatMap((type) => [
        codebuild(`${type}/acme__pipeline_deploy_staging_1:uuid`),
        codebuild(`${type}/acme__pipeline_verify_staging:uuid`),
      ]),
    ].flatMap((arn) => [
      by("nothing", arn.replace("eu-central-1", "us-east-1")),
      by("nothing", arn.replace("666666666666", "999999999999")),
    ]),
    by("nothing", own, { service: "lambda.amazonaws.com" }),
    by("nothing", own, { action: "sts:TagSession" }),
  ]);
});

test("the role of batches is for projects that deploy, of any stage", () => {
  const arns = [
    "project/acme__pipeline_deploy_staging_1",
    "build-batch/acme__pipeline_deploy_production_2:uuid",
  ];
  expectTight(trustOf({ kind: "batch" }), [
    ...arns.map((arn) => by("allow", codebuild(arn))),
    // Should CodeBuild say nothing of the batch that it is for.
    by("allow", undefined),
    by("nothing", undefined, { account: "999999999999" }),
    ...[
      "project/acme__pipeline_plan_production",
      "project/acme__pipeline_check",
      "build/acme__pipeline_update:u",
    ].map((other) => by("nothing", codebuild(other))),
    ...arns.flatMap((arn) => [
      by("nothing", codebuild(arn).replace("eu-central-1", "us-east-1")),
      by("nothing", codebuild(arn).replace("666666666666", "999999999999")),
      by("nothing", codebuild(arn), { service: "lambda.amazonaws.com" }),
      by("nothing", codebuild(arn), { action: "sts:TagSession" }),
    ]),
  ]);
});

test("the pipeline's role is for CodePipeline in its account", () => {
  const service = "codepipeline.amazonaws.com";
  const own = "arn:aws:codepipeline:eu-central-1:666666666666:acme";
  expectTight(trustOf({ kind: "pipeline" }), [
    by("allow", own, { service }),
    by("nothing", own, { service, account: "999999999999" }),
    by("nothing", own),
    by("nothing", own, { service, action: "sts:TagSession" }),
  ]);
});

test("what starts the pipeline is one rule of EventBridge", () => {
  const service = "events.amazonaws.com";
  const own = "arn:aws:events:eu-central-1:666666666666:rule/acme__pipeline_sources";
  expectTight(trustOf({ kind: "events" }), [
    by("allow", own, { service }),
    by("nothing", `${own}-other`, { service }),
    by("nothing", own.replace("eu-central-1", "us-east-1"), { service }),
    by("nothing", own.replace("666666666666", "999999999999"), { service }),
    by("nothing", own),
    by("nothing", own, { service, action: "sts:TagSession" }),
  ]);
});

describe("pull requests sign in", () => {
  const subjectsOf = (repository: string) => {
    const account = { name: "pipeline", id: "666666666666", deployRole: "deployer" };
    const [statement] = statementsOf(githubTrust({ account, github: { repository } }));
    return statement;
  };

  test("with a token of GitHub's for AWS, of their repository, by its name", () => {
    expect(subjectsOf("acme/fleet")).toEqual({
      Effect: "Allow",
      Principal: {
        Federated: "arn:aws:iam::666666666666:oidc-provider/token.actions.githubusercontent.com",
      },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
        StringLike: {
          "token.actions.githubusercontent.com:sub": [
            "repo:acme/fleet:pull_request",
            "repo:acme@*/fleet@*:pull_request",
          ],
        },
      },
    });
  });

  test("or by its id, which nobody else gets when the name is free one day", () => {
    expect(subjectsOf("acme@123456/fleet@456789")?.Condition?.StringLike).toEqual({
      "token.actions.githubusercontent.com:sub": ["repo:acme@123456/fleet@456789:pull_request"],
    });
  });
});
