import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { CodepipelineStageAction, CodepipelineTrigger } from "@cdktf/provider-aws/lib/codepipeline";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import type { Pipeline, PipelineSource } from "../fleet/foundation/model";
import { pipelineRoleName, pipelineRuleName } from "../fleet/pipeline";
import { literal } from "./literal";

/** What of the action that brings the sources depends on where they come from. */
export type SourceAction = Pick<CodepipelineStageAction, "provider" | "configuration">;

/** Brings the sources of a repository, or of an archive in a bucket. Neither starts the pipeline by itself. */
export function sourceAction(source: PipelineSource): SourceAction {
  if ("bucket" in source) {
    return {
      // https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
      provider: "S3",
      configuration: {
        S3Bucket: source.bucket,
        S3ObjectKey: literal(source.key),
        PollForSourceChanges: "false",
      },
    };
  }
  return {
    // https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
    provider: "CodeStarSourceConnection",
    configuration: {
      ConnectionArn: source.connection,
      FullRepositoryId: source.repository,
      BranchName: literal(source.branch),
      OutputArtifactFormat: "CODE_ZIP",
      // AWS would add a trigger of its own: https://github.com/hashicorp/terraform-provider-aws/issues/38409
      DetectChanges: "false",
    },
  };
}

/**
 * What starts a pipeline whose sources are in a repository: a push to its branch, and that very commit is rolled out. A bucket
 * has none.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html
 *
 * @param action name of the source's action
 */
export function sourceTriggers(source: PipelineSource, action: string): CodepipelineTrigger[] {
  if ("bucket" in source) return [];
  const branches = { includes: [literal(source.branch)] };
  return [
    {
      providerType: "CodeStarSourceConnection",
      gitConfiguration: { sourceActionName: action, push: [{ branches }] },
    },
  ];
}

/** What a rule that starts a pipeline is made of. */
export interface SourceRuleProps {
  /** In the pipeline's region and account. */
  readonly provider: AwsProvider;
  readonly fleet: string;
  readonly pipeline: Pipeline;
  /** ARN of the pipeline that it starts. */
  readonly starts: string;
}

/**
 * Starts a pipeline whose sources are in a bucket when there are new ones. The bucket has to tell EventBridge of what becomes of
 * its objects, which is a setting of the bucket, and so of whoever owns it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/create-S3-source-events.html
 */
export function addSourceRule(
  scope: Construct,
  { fleet, pipeline, provider, starts }: SourceRuleProps,
): void {
  const { account, source } = pipeline;
  if (!("bucket" in source)) return;
  const { name: rule } = new CloudwatchEventRule(scope, "rule", {
    provider,
    name: pipelineRuleName(fleet, "sources"),
    description: `New sources of the pipeline ${fleet}`,
    eventPattern: literal(
      JSON.stringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: { bucket: { name: [source.bucket] }, object: { key: [source.key] } },
      }),
    ),
  });
  new CloudwatchEventTarget(scope, "target", {
    provider,
    rule,
    targetId: "pipeline",
    arn: starts,
    roleArn: `arn:aws:iam::${account.id}:role/${pipelineRoleName(fleet, { kind: "events" })}`,
  });
}
