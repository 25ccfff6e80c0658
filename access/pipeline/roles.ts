import type { Account } from "../../fleet/account";
import { planRoleName, recordRoleName } from "../../fleet/accounts";
import type { Pipeline } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import {
  approvalTopicName,
  artifactBucketName,
  assemblyArtifact,
  foundationStage,
  type PipelineRole,
  pipelineName,
  plansArtifact,
  reportPrefix,
  sourceArtifact,
} from "../../fleet/pipeline";
import type { PolicyDocument, Statement } from "../../fleet/policy-document";
import { fleetStacks, foundationStacks } from "../../fleet/stacks";
import { connectionService } from "../calls/pipeline";
import { allow } from "../deploy-role/scope";
import { projectPatterns, wavePatterns } from "./projects";

/** What one of the pipeline's roles may do: what its builds do, and no more. */
export function pipelineRoleDocument(fleet: Fleet, pipeline: Pipeline, role: PipelineRole): PolicyDocument {
  return { Version: "2012-10-17", Statement: statementsOf(fleet, pipeline, role) };
}

function statementsOf(fleet: Fleet, pipeline: Pipeline, role: PipelineRole): readonly Statement[] {
  const assembly = `${assemblyArtifact}/*`;
  // CodePipeline shortens names of artifacts to ten characters, so one stage's plans are not told from another's.
  const plans = `${plansArtifact("")}*`;
  switch (role.kind) {
    case "pipeline":
      return pipelineStatements(fleet, pipeline);
    case "check":
      return [
        ...logs(fleet, pipeline, role),
        // The assembly is what a build that only waits is given, for every build takes something.
        ...artifacts(fleet, pipeline, { read: [`${sourceArtifact}/*`, assembly], write: [assembly] }),
      ];
    case "plan":
      return [
        ...logs(fleet, pipeline, role),
        ...artifacts(fleet, pipeline, { read: [assembly], write: [plans] }),
        allow("Reports", "s3", ["PutObject"], `${bucketArn(fleet, pipeline)}/${reportPrefix("*")}`),
        planRoles(fleet),
      ];
    case "deploy":
      return [
        ...logs(fleet, pipeline, role),
        ...artifacts(fleet, pipeline, { read: [assembly, plans] }),
        ...builds(fleet, pipeline, wavePatterns(fleet.name, role.of)),
        ...deployRoles(accountsOf(fleet, role.of)),
        ...records(fleet),
      ];
    case "update":
      return [
        ...logs(fleet, pipeline, role),
        ...artifacts(fleet, pipeline, { read: [assembly] }),
        ...builds(fleet, pipeline, []),
        ...deployRoles([pipeline.account]),
        ...records(fleet),
      ];
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
function logs(fleet: Fleet, pipeline: Pipeline, role: PipelineRole): readonly Statement[] {
  const groups = projectPatterns(fleet.name, role).map((project) =>
    arnIn(pipeline, "logs", `log-group:/aws/codebuild/${project}:*`),
  );
  return [allow("Logs", "logs", ["CreateLogStream", "PutLogEvents"], groups)];
}

/** Which artifacts a build takes and makes: patterns of what follows the pipeline's name in their keys. */
interface Artifacts {
  readonly read: readonly string[];
  readonly write?: readonly string[];
}

/**
 * Artifacts lie at `<pipeline>/<artifact>/…`. They are encrypted with the key of the bucket, through S3: which key that is
 * nobody knows before it is made, but S3 says to KMS what for.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
 */
function artifacts(fleet: Fleet, pipeline: Pipeline, { read, write = [] }: Artifacts): readonly Statement[] {
  const bucket = bucketArn(fleet, pipeline);
  const keys = (patterns: readonly string[]) =>
    patterns.map((pattern) => `${bucket}/${pipelineName(fleet)}/${pattern}`);
  return [
    allow("Bucket", "s3", ["GetBucketAcl", "GetBucketLocation"], bucket),
    allow("Inputs", "s3", ["GetObject", "GetObjectVersion"], keys(read)),
    ...(write.length > 0 ? [allow("Outputs", "s3", ["PutObject"], keys(write))] : []),
    artifactKey(fleet, pipeline, write.length > 0 ? ["Decrypt", "GenerateDataKey"] : ["Decrypt"]),
  ];
}

function artifactKey(fleet: Fleet, pipeline: Pipeline, operations: readonly string[]): Statement {
  const bucket = bucketArn(fleet, pipeline);
  return allow("Key", "kms", operations, arnIn(pipeline, "kms", "key/*"), {
    StringEquals: { "kms:ViaService": `s3.${pipeline.region}.amazonaws.com` },
    // Of the object, or with an S3 Bucket Key of the bucket.
    ArnLike: { "kms:EncryptionContext:aws:s3:arn": [bucket, `${bucket}/*`] },
  });
}

/**
 * The builds of a batch are begun and ended by the batch, as its project's role. Every build that deploys may ask whether one
 * that holds a lock is over.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
 */
function builds({ name }: Fleet, pipeline: Pipeline, own: readonly string[]): readonly Statement[] {
  const projects = (patterns: readonly string[]) =>
    patterns.map((pattern) => arnIn(pipeline, "codebuild", `project/${pattern}`));
  return [
    ...(own.length > 0
      ? [allow("Batches", "codebuild", ["RetryBuild", "StartBuild", "StopBuild"], projects(own))]
      : []),
    allow(
      "OtherBuilds",
      "codebuild",
      ["BatchGetBuildBatches", "BatchGetBuilds"],
      projects(projectPatterns(name, { kind: "pipeline" })),
    ),
  ];
}

/**
 * The roles that plan, wherever the fleet's accounts are: in the organization. They can change nothing, so that all may be
 * meant, and a new account's needs no change here.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceorgid
 */
function planRoles(fleet: Fleet): Statement {
  const names = [
    ...(fleet.bootstrap ? [fleet.bootstrap.role.name] : []),
    ...fleetStacks(fleet).map(({ account }) => account.deployRole),
  ];
  const roles = [...new Set(names.map(planRoleName))].sort();
  return allow(
    "PlanRoles",
    "sts",
    ["AssumeRole"],
    roles.map((role) => `arn:aws:iam::*:role/${role}`),
    {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM is written like that
      StringEquals: { "aws:ResourceOrgID": "${aws:PrincipalOrgID}" },
    },
  );
}

/** Accounts that the stacks of a stage are in, or those of the foundation but the pipeline's own. */
function accountsOf(fleet: Fleet, of: string): readonly Account[] {
  return fleetStacks(fleet).flatMap(({ account, kind, stage }) =>
    (stage ?? foundationStage) === of && kind !== foundationStacks.pipeline ? [account] : [],
  );
}

/**
 * Deploy roles by their name, in accounts by their ids: an ARN for each would take three times the room, and a role's policies
 * hold 10,240 characters.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 */
function deployRoles(accounts: readonly Account[]): readonly Statement[] {
  const names = [...new Set(accounts.map(({ deployRole }) => deployRole))].sort();
  return names.map((name, index) => {
    const ids = accounts.flatMap(({ deployRole, id }) => (deployRole === name ? [id] : []));
    return allow(`DeployRoles${index + 1}`, "sts", ["AssumeRole"], `arn:aws:iam::*:role/${name}`, {
      StringEquals: { "aws:ResourceAccount": [...new Set(ids)].sort() },
    });
  });
}

function records({ stateBucket }: Fleet): readonly Statement[] {
  if (!stateBucket) return [];
  const { deployRole, id } = stateBucket.account;
  return [allow("Records", "sts", ["AssumeRole"], `arn:aws:iam::${id}:role/${recordRoleName(deployRole)}`)];
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
    allow("Bucket", "s3", ["GetBucketAcl", "GetBucketLocation", "GetBucketVersioning"], bucket),
    allow(
      "Artifacts",
      "s3",
      ["GetObject", "GetObjectVersion", "PutObject", "PutObjectAcl"],
      `${bucket}/${pipelineName(fleet)}/*`,
    ),
    artifactKey(fleet, pipeline, ["Decrypt", "GenerateDataKey"]),
    allow(
      "Builds",
      "codebuild",
      [
        ...["BatchGetBuildBatches", "BatchGetBuilds", "StartBuild", "StartBuildBatch"],
        ...["StopBuild", "StopBuildBatch"],
      ],
      projects.map((project) => arnIn(pipeline, "codebuild", `project/${project}`)),
    ),
    ...(Object.keys(pipeline.approvals).length > 0
      ? [allow("Approvals", "sns", ["Publish"], arnIn(pipeline, "sns", approvalTopicName(fleet.name, "*")))]
      : []),
    ...("connection" in source
      ? [allow("Sources", connectionService(source.connection), ["UseConnection"], source.connection)]
      : sourceBucket(`arn:aws:s3:::${source.bucket}`, source.key)),
  ];
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html */
function sourceBucket(bucket: string, key: string): readonly Statement[] {
  return [
    allow("SourceBucket", "s3", ["GetBucketAcl", "GetBucketLocation", "GetBucketVersioning"], bucket),
    allow(
      "Sources",
      "s3",
      ["GetObject", "GetObjectTagging", "GetObjectVersion", "GetObjectVersionTagging"],
      `${bucket}/${key}`,
    ),
  ];
}
