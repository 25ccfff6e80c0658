import type { Pipeline } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import {
  approvalTopicName,
  artifactBucketName,
  assemblyArtifact,
  type PipelineRole,
  pipelineName,
  plansArtifact,
  reportPrefix,
  sourceArtifact,
} from "../../fleet/pipeline";
import type { NamedPolicy, PolicyDocument, Statement } from "../../fleet/policy-document";
import { connectionService } from "../calls/pipeline";
import { allow } from "../deploy-role/scope";
import { deployRoles, planRoles, reachOf, records } from "./assumed-roles";
import { deployingPatterns, projectPatterns } from "./projects";

/** What one of the pipeline's roles may do: what its builds do, and no more; besides what {@link sharedPolicies} say. */
export function pipelineRoleDocument(fleet: Fleet, pipeline: Pipeline, role: PipelineRole): PolicyDocument {
  return { Version: "2012-10-17", Statement: statementsOf(fleet, pipeline, role) };
}

/** Policies that are attached to several roles: a template holds 51,200 bytes. By the ends of their names. */
export function sharedPolicies(fleet: Fleet, pipeline: Pipeline): readonly NamedPolicy[] {
  const policy = (name: string, Statement: readonly Statement[]): NamedPolicy => ({
    name,
    document: { Version: "2012-10-17", Statement },
  });
  return [
    policy("builds", buildStatements(fleet, pipeline)),
    policy("deploys", deployStatements(fleet, pipeline)),
  ];
}

/** Which of {@link sharedPolicies} a role has. */
export function sharedBy({ kind }: PipelineRole): readonly string[] {
  if (kind === "batch" || kind === "events") return [];
  return kind === "deploy" || kind === "update" ? ["builds", "deploys"] : ["builds"];
}

/**
 * What the pipeline and all builds do: take the assembly, and have S3 use the key of artifacts for those that they may read and
 * write.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
 */
function buildStatements(fleet: Fleet, pipeline: Pipeline): readonly Statement[] {
  return [
    allow("Bucket", "s3", ["GetBucketAcl", "GetBucketLocation"], bucketArn(fleet, pipeline)),
    allow("Assembly", "s3", reads, artifactKeys(fleet, pipeline, `${assemblyArtifact}/*`)),
    artifactKey(fleet, pipeline),
  ];
}

/**
 * What all builds that deploy do: write their logs, take plans, ask whether a build that holds a lock is over, and keep records.
 * So such a build could write into the log of another one; a log group for each role would not fit into the template.
 */
function deployStatements(fleet: Fleet, pipeline: Pipeline): readonly Statement[] {
  const projects = projectPatterns(fleet.name, { kind: "pipeline" });
  return [
    logs(pipeline, deployingPatterns(fleet.name)),
    allow("Plans", "s3", reads, plansOf(fleet, pipeline)),
    allow(
      "OtherBuilds",
      "codebuild",
      ["BatchGetBuildBatches", "BatchGetBuilds"],
      projects.map((project) => arnIn(pipeline, "codebuild", `project/${project}`)),
    ),
    ...records(fleet),
  ];
}

function statementsOf(fleet: Fleet, pipeline: Pipeline, role: PipelineRole): readonly Statement[] {
  const ownLogs = logs(pipeline, projectPatterns(fleet.name, role));
  switch (role.kind) {
    case "pipeline":
      return pipelineStatements(fleet, pipeline);
    case "check":
      return [
        ownLogs,
        allow("Sources", "s3", reads, artifactKeys(fleet, pipeline, `${sourceArtifact}/*`)),
        allow("Checked", "s3", ["PutObject"], artifactKeys(fleet, pipeline, `${assemblyArtifact}/*`)),
      ];
    case "plan":
      return [
        ownLogs,
        allow(
          "Plans",
          "s3",
          ["PutObject"],
          [plansOf(fleet, pipeline), `${bucketArn(fleet, pipeline)}/${reportPrefix("*")}`],
        ),
        planRoles(fleet),
      ];
    case "deploy":
      return deployRoles(reachOf(fleet, role.of));
    case "batch":
      return [batches(fleet, pipeline, role)];
    case "update":
      return deployRoles({ own: [pipeline.account], others: [] });
    case "events":
      return [
        allow(
          "Start",
          "codepipeline",
          ["StartPipelineExecution"],
          arnIn(pipeline, "codepipeline", pipelineName(fleet)),
        ),
      ];
  }
}

/** What pull requests may do: plan. */
export function githubRoleDocument(fleet: Fleet): PolicyDocument {
  return { Version: "2012-10-17", Statement: [planRoles(fleet)] };
}

function arnIn({ account, region }: Pipeline, service: string, rest: string): string {
  return `arn:aws:${service}:${region}:${account.id}:${rest}`;
}

function bucketArn({ name }: Fleet, pipeline: Pipeline): string {
  return `arn:aws:s3:::${artifactBucketName(name, pipeline)}`;
}

/**
 * The groups are the pipeline's stack's.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
 */
function logs(pipeline: Pipeline, projects: readonly string[]): Statement {
  const groups = projects.map((project) => arnIn(pipeline, "logs", `log-group:/aws/codebuild/${project}:*`));
  return allow("Logs", "logs", ["CreateLogStream", "PutLogEvents"], groups);
}

/** An artifact, or the version of it that an action was given. */
const reads = ["GetObject", "GetObjectVersion"];

/** Artifacts lie at `<pipeline>/<artifact>/…`. */
function artifactKeys(fleet: Fleet, pipeline: Pipeline, pattern: string): string {
  return `${bucketArn(fleet, pipeline)}/${pipelineName(fleet)}/${pattern}`;
}

/** CodePipeline shortens names of artifacts to ten characters, so one stage's plans are not told from another's. */
function plansOf(fleet: Fleet, pipeline: Pipeline): string {
  return artifactKeys(fleet, pipeline, `${plansArtifact("")}*`);
}

/**
 * The key of the bucket, through S3. Which key that is nobody knows before it is made, but S3 says to KMS what for: the object,
 * or with an S3 Bucket Key the bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
 */
function artifactKey(fleet: Fleet, pipeline: Pipeline): Statement {
  return keyOf(pipeline, "Key", ["Decrypt", "GenerateDataKey"], bucketArn(fleet, pipeline));
}

function keyOf(pipeline: Pipeline, sid: string, actions: readonly string[], bucket: string): Statement {
  return allow(sid, "kms", actions, arnIn(pipeline, "kms", "key/*"), {
    StringEquals: { "kms:ViaService": `s3.${pipeline.region}.amazonaws.com` },
    ArnLike: { "kms:EncryptionContext:aws:s3:arn": [bucket, `${bucket}/*`] },
  });
}

/**
 * The builds of a batch are begun and ended by CodeBuild, as a role of its own, which no build has: whoever begins a build may
 * say other commands for it, so that a build could go on with the deploy role after its stage, and past its approval.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html#batch-security-role
 */
function batches(fleet: Fleet, pipeline: Pipeline, role: PipelineRole): Statement {
  return allow(
    "Batches",
    "codebuild",
    ["RetryBuild", "StartBuild", "StopBuild"],
    projectPatterns(fleet.name, role).map((project) => arnIn(pipeline, "codebuild", `project/${project}`)),
  );
}

/**
 * What CodePipeline itself does: takes the sources, hands on artifacts, starts builds and looks at them, and tells people.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
 */
function pipelineStatements(fleet: Fleet, pipeline: Pipeline): readonly Statement[] {
  const { source } = pipeline;
  const bucket = bucketArn(fleet, pipeline);
  const projects = projectPatterns(fleet.name, { kind: "pipeline" });
  return [
    allow("BucketVersions", "s3", ["GetBucketVersioning"], bucket),
    allow(
      "Artifacts",
      "s3",
      ["GetObject", "GetObjectVersion", "PutObject", "PutObjectAcl"],
      `${bucket}/${pipelineName(fleet)}/*`,
    ),
    allow(
      "Builds",
      "codebuild",
      [
        ...["BatchGetBuildBatches", "BatchGetBuilds", "StartBuild", "StartBuildBatch"],
        ...["StopBuild", "StopBuildBatch"],
      ],
      projects.map((project) => arnIn(pipeline, "codebuild", `project/${project}`)),
    ),
    // Also where nothing waits for an approval: the pipeline that takes the last one away still asks for it.
    allow("Approvals", "sns", ["Publish"], arnIn(pipeline, "sns", approvalTopicName(fleet.name, "*"))),
    ...("connection" in source
      ? [allow("Sources", connectionService(source.connection), ["UseConnection"], source.connection)]
      : sourceBucket(pipeline, source)),
  ];
}

/**
 * The key is that of the bucket's owner, where the bucket has one of its own. The key's policy has to let IAM decide, as KMS's
 * default policy does.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
 */
function sourceBucket(
  pipeline: Pipeline,
  { bucket: name, key }: { readonly bucket: string; readonly key: string },
): readonly Statement[] {
  const bucket = `arn:aws:s3:::${name}`;
  return [
    keyOf(pipeline, "SourceKey", ["Decrypt"], bucket),
    allow("SourceBucket", "s3", ["GetBucketAcl", "GetBucketLocation", "GetBucketVersioning"], bucket),
    allow(
      "Sources",
      "s3",
      ["GetObject", "GetObjectTagging", "GetObjectVersion", "GetObjectVersionTagging"],
      `${bucket}/${key}`,
    ),
  ];
}
