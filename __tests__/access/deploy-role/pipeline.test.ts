import type { Call } from "../../../access/calls/model";
import { stackCalls } from "../../../access/calls/stack-calls";
import { deployRolePolicies } from "../../../access/deploy-role/deploy-role";
import { pipelinePolicy } from "../../../access/deploy-role/pipeline";
import type { RoleScope } from "../../../access/deploy-role/scope";
import { decide } from "../../../access/policy/decide";
import { requestOf } from "../../../access/policy/request";
import { pipelineRoleName, pipelineRoles } from "../../../fleet/pipeline";
import { policySize } from "../../../fleet/policy-document";
import { pipelineFleet } from "../../support/pipeline-fleet";

const account = "666666666666";
const scope: RoleScope = { fleet: "acme", account, role: "deployer", boundary: "deployer-boundary" };
const connection = `arn:aws:codeconnections:eu-central-1:${account}:connection/1`;
const fleet = pipelineFleet();
const connected = pipelineFleet({
  pipeline: {
    ...{ account: "pipeline", region: "eu-central-1" },
    source: { connection, repository: "acme/fleet", branch: "main" },
  },
});

/** What the deploy role of the pipeline's account may do. */
function may(of: typeof fleet, call: Omit<Call, "region">): boolean {
  const identity = [...deployRolePolicies(of, scope), pipelinePolicy(scope, of, of.pipeline)];
  const principal = `arn:aws:iam::${account}:role/deployer`;
  const { resourceAccount: _, ...own } = call;
  return decide(
    { scps: [], identity },
    requestOf({ region: "eu-central-1", ...own, principal, resourceAccount: account }),
  ).allowed;
}

test.each([
  ["a bucket", fleet],
  ["a repository", connected],
])("the deploy role of the pipeline's account makes the pipeline with its sources in %s", (_, of) => {
  const calls = stackCalls(of).find(({ stack }) => stack === "pipeline")?.calls ?? [];
  const refused = calls
    .filter((call) => !may(of, call))
    .map(({ action, resource }) => `${action} on ${resource}`);
  expect(refused).toEqual([]);
  expect(new Set(calls.map(({ action }) => action.split(":")[0])).size).toBeGreaterThan(7);
});

describe("it", () => {
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
  const to = (service: string) => ({ "iam:PassedToService": `${service}.amazonaws.com` });
  const services = ["codebuild", "codepipeline", "events", "lambda"];

  test("hands each of the pipeline's roles to its own service, and to no other", () => {
    const handed = pipelineRoles(fleet).map((one) => {
      const name = pipelineRoleName("acme", one);
      const resource = role(name);
      return [
        name,
        services.filter((service) => may(fleet, { action: "iam:PassRole", resource, context: to(service) })),
      ];
    });
    expect(handed).toEqual([
      ["acme__pipeline", ["codepipeline"]],
      ["acme__pipeline_check", ["codebuild"]],
      ["acme__pipeline_plan", ["codebuild"]],
      ["acme__pipeline_deploy_foundation", ["codebuild"]],
      ["acme__pipeline_deploy_staging", ["codebuild"]],
      ["acme__pipeline_deploy_production", ["codebuild"]],
      ["acme__pipeline_batch", ["codebuild"]],
      ["acme__pipeline_update", ["codebuild"]],
      ["acme__pipeline_events", ["events"]],
    ]);
  });

  test("neither makes nor changes one of them, not even within the boundary", () => {
    const bound = { "iam:PermissionsBoundary": `arn:aws:iam::${account}:policy/deployer-boundary` };
    const roles = [...pipelineRoles(fleet).map((one) => pipelineRoleName("acme", one)), "acme__github_plan"];
    for (const name of [...roles, "deployer-plan", "deployer-record"]) {
      for (const operation of [
        "CreateRole",
        "PutRolePolicy",
        "UpdateAssumeRolePolicy",
        "DeleteRole",
        "TagRole",
      ])
        expect([
          operation,
          may(fleet, { action: `iam:${operation}`, resource: role(name), context: bound }),
        ]).toEqual([operation, false]);
    }
    expect(
      may(fleet, { action: "iam:CreateRole", resource: role("acme_globex_hello"), context: bound }),
    ).toBe(true);
  });

  test.each([
    ["codepipeline:UpdatePipeline", `arn:aws:codepipeline:eu-central-1:${account}:other`],
    ["codepipeline:StartPipelineExecution", `arn:aws:codepipeline:eu-central-1:${account}:acme`],
    [
      "codepipeline:PutApprovalResult",
      `arn:aws:codepipeline:eu-central-1:${account}:acme/production/Approve`,
    ],
    [
      "codebuild:StartBuild",
      `arn:aws:codebuild:eu-central-1:${account}:project/acme__pipeline_deploy_production_1`,
    ],
    ["codebuild:UpdateProject", `arn:aws:codebuild:eu-central-1:${account}:project/other`],
    ["codebuild:UpdateProject", `arn:aws:codebuild:us-east-1:${account}:project/acme__pipeline_check`],
    ["sns:Publish", `arn:aws:sns:eu-central-1:${account}:acme__pipeline_approve_production`],
    ["events:PutRule", `arn:aws:events:eu-central-1:${account}:rule/other`],
    ["s3:GetObject", "arn:aws:s3:::acme-sources/fleet.zip"],
    ["s3:PutBucketPolicy", "arn:aws:s3:::acme-sources"],
    ["kms:Decrypt", `arn:aws:kms:eu-central-1:${account}:key/1`],
  ])("does not %s on %s", (action, resource) => {
    expect(may(fleet, { action, resource })).toBe(false);
  });

  test("ends a key of the fleet's, and not that of the state", () => {
    const end = (aliases: readonly string[], tag = "acme") =>
      may(fleet, {
        action: "kms:ScheduleKeyDeletion",
        resource: `arn:aws:kms:eu-central-1:${account}:key/1`,
        context: { "aws:ResourceTag/meridian:fleet": tag, "kms:ResourceAliases": aliases },
      });
    expect(end([])).toBe(true);
    expect(end(["alias/acme__pipeline"])).toBe(true);
    expect(end([], "other")).toBe(false);
    expect(end(["alias/acme_state"])).toBe(false);
    expect(end(["alias/acme_state_replica"])).toBe(false);
  });

  test("passes the connection to CodePipeline, and uses it for nothing", () => {
    const passed = (service: string) =>
      may(connected, {
        ...{ action: "codeconnections:PassConnection", resource: connection },
        context: { "codeconnections:PassedToService": service },
      });
    expect(passed("codepipeline.amazonaws.com")).toBe(true);
    expect(passed("codebuild.amazonaws.com")).toBe(false);
    expect(may(connected, { action: "codeconnections:UseConnection", resource: connection })).toBe(false);
  });
});

test("its policy has room for many stages", () => {
  const stages = Array.from({ length: 12 }, (_, index) => `stage-with-a-rather-long-name-${index}`);
  const cells = Object.fromEntries(
    stages.map((stage) => [stage, { stage, targets: { staging: ["eu-central-1"] } }]),
  );
  const many = pipelineFleet({ stages, cells, rollout: undefined });
  expect(policySize(pipelinePolicy(scope, many, many.pipeline).document)).toBeLessThan(6_144);
});
