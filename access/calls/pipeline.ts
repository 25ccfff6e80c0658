import type { Pipeline } from "../../fleet/foundation/model";
import { globalRegion } from "../../fleet/geography/regions";
import type { Fleet } from "../../fleet/model";
import {
  approvalTopicName,
  artifactBucketName,
  artifactKeyAlias,
  failureTopicName,
  type PipelineRole,
  pipelineName,
  pipelineProjects,
  pipelineRoleName,
  pipelineRoles,
  pipelineRuleName,
  projectLogGroup,
  projectName,
} from "../../fleet/pipeline";
import { bucketReads, bucketWrites, objectDeletions } from "./bucket";
import { type Call, callsOn, someId } from "./model";
import { keyCalls } from "./state";
import { logGroupCalls } from "./target";

/** What is called for a pipeline's stack, by what it is called on. */
export const pipelineOperations = {
  /** Of `aws_codepipeline`. */
  pipeline: [
    "CreatePipeline",
    "DeletePipeline",
    "GetPipeline",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
    "UpdatePipeline",
  ],
  /** Of `aws_codebuild_project`, which has its tags in itself. */
  project: ["BatchGetProjects", "CreateProject", "DeleteProject", "UpdateProject"],
  /** Of `aws_sns_topic` and its policy and subscriptions. `ListSubscriptionsByTopic` is `meridian preflight`'s. */
  topic: [
    "CreateTopic",
    "DeleteTopic",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "SetTopicAttributes",
    "Subscribe",
    "TagResource",
    "UntagResource",
  ],
  /** Takes no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
  subscription: ["GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe"],
  /** Of `aws_cloudwatch_event_rule` and its targets. */
  rule: [
    "DeleteRule",
    "DescribeRule",
    "ListTagsForResource",
    "ListTargetsByRule",
    "PutRule",
    "PutTargets",
    "RemoveTargets",
    "TagResource",
    "UntagResource",
  ],
  /** Of the artifacts' bucket, which is emptied before it goes. */
  bucket: [...bucketReads, ...bucketWrites, "DeleteBucket", "ListBucketVersions"],
  /** Takes no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html */
  newKey: ["CreateKey", "ListAliases", "ListKeys"],
  key: keyCalls,
  alias: ["CreateAlias", "DeleteAlias", "UpdateAlias"],
  keyEnd: ["ScheduleKeyDeletion"],
  /** Of the bucket with the sources, by `meridian preflight`. */
  sources: ["GetBucketNotification", "GetBucketVersioning"],
} as const;

/**
 * The service that a connection's ARN names, `codeconnections` or as it was called before: actions are named after it.
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
 */
export function connectionService(connection: string): string {
  return connection.split(":")[2] ?? "";
}

/** The service that works as a role of the pipeline's. */
export function serviceOf({ kind }: PipelineRole): string {
  if (kind === "pipeline") return "codepipeline.amazonaws.com";
  return kind === "events" ? "events.amazonaws.com" : "codebuild.amazonaws.com";
}

/** What Terraform calls for the stack of the pipeline. It makes none of the roles that it hands to services. */
export function pipelineCalls(fleet: Fleet, pipeline: Pipeline): readonly Call[] {
  const { account, approvals, region, source } = pipeline;
  const { name } = fleet;
  const all = pipelineOperations;
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account.id}:${rest}`;
  const on = (service: string, operations: readonly string[], resource: string, context?: Call["context"]) =>
    callsOn(service, operations, { region, resource, ...(context && { context }) });
  const projects = pipelineProjects(fleet, pipeline);
  const topics = [
    failureTopicName(name),
    ...Object.keys(approvals).map((stage) => approvalTopicName(name, stage)),
  ];
  const rules = (["failures", ...("bucket" in source ? (["sources"] as const) : [])] as const).map((rule) =>
    pipelineRuleName(name, rule),
  );
  const bucket = `arn:aws:s3:::${artifactBucketName(name, pipeline)}`;
  const alias = arn("kms", `alias/${artifactKeyAlias(name)}`);
  const key = arn("kms", `key/${someId}`);
  return [
    ...on("codepipeline", all.pipeline, arn("codepipeline", pipelineName(fleet))),
    ...projects.flatMap((project) => [
      ...on("codebuild", all.project, arn("codebuild", `project/${projectName(name, project)}`)),
      ...on("logs", logGroupCalls, arn("logs", `log-group:${projectLogGroup(name, project)}`)),
    ]),
    ...on("logs", ["DescribeLogGroups"], "*"),
    ...topics.flatMap((topic) => on("sns", all.topic, arn("sns", topic))),
    ...on("sns", all.subscription, "*"),
    ...rules.flatMap((rule) => on("events", all.rule, arn("events", `rule/${rule}`))),
    ...on("s3", all.bucket, bucket),
    ...on("s3", objectDeletions, `${bucket}/*`),
    ...on("kms", all.newKey, "*"),
    ...on("kms", all.key, key),
    ...[alias, key].flatMap((resource) => on("kms", all.alias, resource)),
    ...on("kms", all.keyEnd, key, {
      "aws:ResourceTag/meridian:fleet": name,
      "kms:ResourceAliases": [],
    }),
    ...("connection" in source ? connectionCalls(pipeline, source.connection) : []),
    ...("bucket" in source ? on("s3", all.sources, `arn:aws:s3:::${source.bucket}`) : []),
    ...pipelineRoles(fleet).flatMap((role) =>
      callsOn("iam", ["PassRole"], {
        region: globalRegion,
        resource: `arn:aws:iam::${account.id}:role/${pipelineRoleName(name, role)}`,
        context: { "iam:PassedToService": serviceOf(role) },
      }),
    ),
  ];
}

/**
 * "When a connection is passed to a service (for example, when a connection ARN is provided in a pipeline definition to create
 * or update a pipeline) the user must have" `PassConnection`; `GetConnection` is `meridian preflight`'s.
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-permissions.html
 */
function connectionCalls({ region }: Pipeline, connection: string): readonly Call[] {
  const service = connectionService(connection);
  return [
    ...callsOn(service, ["GetConnection"], { region, resource: connection }),
    ...callsOn(service, ["PassConnection"], {
      ...{ region, resource: connection },
      context: { [`${service}:PassedToService`]: "codepipeline.amazonaws.com" },
    }),
  ];
}
