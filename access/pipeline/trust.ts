import type { Ci, Pipeline } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import { type PipelineRole, pipelineRuleName } from "../../fleet/pipeline";
import type { ConditionBlock, PolicyDocument } from "../../fleet/policy-document";
import { serviceOf } from "../calls/pipeline";
import { projectPatterns } from "./projects";

/**
 * Who may become a role of the pipeline's: its service alone, for this account, and for what the role is for. So a build of
 * staging cannot be given the role of production's builds, whoever changes its project.
 *
 * That CodeBuild gives both keys, of a project's ARN, where it begins a build:
 * https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html. Of a batch no page says it, so that its
 * role is held to the account, and to projects only as far as CodeBuild names one. EventBridge gives its rule's ARN:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/policy-keys-eventbridge.html. What CodePipeline gives, AWS's pages do
 * not say; of its role, others are held to the account: https://github.com/aws-solutions/aws-control-tower-customizations/issues/226.
 * Both keys are needed only where the ARN does not name the account:
 * https://docs.aws.amazon.com/directoryservice/latest/admin-guide/cross-service-confused-deputy-prevention.html
 */
export function pipelineTrust(fleet: Fleet, pipeline: Pipeline, role: PipelineRole): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: serviceOf(role) },
        Action: "sts:AssumeRole",
        Condition: conditionOf(pipeline, role, sourceArns(fleet, pipeline, role)),
      },
    ],
  };
}

function conditionOf(
  { account }: Pipeline,
  { kind }: PipelineRole,
  sources: readonly string[],
): ConditionBlock {
  const ofAccount = { StringEquals: { "aws:SourceAccount": account.id } };
  if (kind === "batch") return { ...ofAccount, ArnLikeIfExists: { "aws:SourceArn": sources } };
  return sources.length > 0 ? { ArnLike: { "aws:SourceArn": sources } } : ofAccount;
}

function sourceArns({ name }: Fleet, { account, region }: Pipeline, role: PipelineRole): readonly string[] {
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account.id}:${rest}`;
  if (role.kind === "pipeline") return [];
  if (role.kind === "events") return [arn("events", `rule/${pipelineRuleName(name, "sources")}`)];
  // AWS writes of projects; whether it is the batch, or a build of it, for which CodeBuild takes the batch's role, it does not.
  return projectPatterns(name, role).flatMap((project) => [
    arn("codebuild", `*/${project}`),
    ...(project.endsWith("*") ? [] : [arn("codebuild", `*/${project}:*`)]),
  ]);
}

/** Host of what GitHub Actions' tokens are from. */
export const githubIssuer = "token.actions.githubusercontent.com";

/** Whom the tokens have to be for: what `aws-actions/configure-aws-credentials` asks GitHub for. */
export const githubAudience = "sts.amazonaws.com";

/**
 * Who may become the role of pull requests: GitHub's workflows that a pull request of the repository has started. A workflow
 * for one from a fork gets no token to sign in with: `id-token: write` is a right to write, and those get none.
 * https://docs.github.com/en/actions/reference/security/oidc#filtering-for-pull_request-events
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
 *
 * Repositories made or renamed after July 15, 2026 have the ids of owner and repository in what they sign in as. They are
 * held to the ids that the fleet file names; where it names none, as older ones are, to their names.
 * https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
export function githubTrust({ account, github }: Ci): PolicyDocument {
  const { repository } = github;
  // Neither names nor ids hold `@`, `/` or `:`, so that the wildcards mean the ids and nothing else.
  const withIds = repository.replace(/^([^/]+)\/(.+)$/, "$1@*/$2@*");
  const repositories = repository.includes("@") ? [repository] : [repository, withIds];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${account.id}:oidc-provider/${githubIssuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${githubIssuer}:aud`]: githubAudience },
          StringLike: { [`${githubIssuer}:sub`]: repositories.map((one) => `repo:${one}:pull_request`) },
        },
      },
    ],
  };
}
