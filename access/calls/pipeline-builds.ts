import { planRoleName, recordRoleName } from "../../fleet/accounts";
import type { Pipeline } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import {
  approvalTopicName,
  artifactBucketName,
  assemblyArtifact,
  foundationStage,
  isBatch,
  type PipelineProject,
  type PipelineRole,
  pipelineName,
  pipelineProjects,
  pipelineRoles,
  plansArtifact,
  projectLogGroup,
  projectName,
  projectRole,
  reportPrefix,
  sourceArtifact,
} from "../../fleet/pipeline";
import { fleetStacks, foundationStacks } from "../../fleet/stacks";
import { type Call, callsOn, someId } from "./model";
import { connectionService } from "./pipeline";

/** What is called as one of the pipeline's roles. */
export interface RoleCalls {
  readonly role: PipelineRole;
  readonly calls: readonly Call[];
}

/**
 * What CodePipeline, CodeBuild and the commands of the builds call with the roles of a pipeline themselves. As which roles the
 * commands go on from there, `sts:AssumeRole` says.
 */
export function pipelineRoleCalls(fleet: Fleet, pipeline: Pipeline): readonly RoleCalls[] {
  return pipelineRoles(fleet).map((role) => ({ role, calls: callsAs(fleet, pipeline, role) }));
}

function callsAs(fleet: Fleet, pipeline: Pipeline, role: PipelineRole): readonly Call[] {
  const { region } = pipeline;
  const projects = pipelineProjects(fleet, pipeline);
  switch (role.kind) {
    case "pipeline":
      return pipelineServiceCalls(fleet, pipeline, projects);
    case "events":
      return callsOn("codepipeline", ["StartPipelineExecution"], {
        ...{ region, resource: arnIn(pipeline, "codepipeline", pipelineName(fleet)) },
      });
    case "batch":
      return projects.filter(isBatch).flatMap((project) =>
        callsOn("codebuild", ["RetryBuild", "StartBuild", "StopBuild"], {
          ...{
            region,
            resource: arnIn(pipeline, "codebuild", `project/${projectName(fleet.name, project)}`),
          },
        }),
      );
    default:
      return projects
        .filter((project) => isSame(projectRole(project), role))
        .flatMap((project) => buildCalls(fleet, pipeline, project));
  }
}

function isSame(one: PipelineRole, other: PipelineRole): boolean {
  return one.kind === other.kind && ("of" in one ? one.of : "") === ("of" in other ? other.of : "");
}

function arnIn({ account, region }: Pipeline, service: string, rest: string): string {
  return `arn:aws:${service}:${region}:${account.id}:${rest}`;
}

/** Characters that CodePipeline leaves of an artifact's name in the keys of its objects. */
const artifactCharacters = 10;

function artifactCalls(
  fleet: Fleet,
  pipeline: Pipeline,
  artifact: string,
  operations: readonly string[],
): readonly Call[] {
  const bucket = `arn:aws:s3:::${artifactBucketName(fleet.name, pipeline)}`;
  const object = `${bucket}/${pipelineName(fleet)}/${artifact.slice(0, artifactCharacters)}/${someId}`;
  return [
    ...callsOn("s3", operations, { region: pipeline.region, resource: object }),
    ...keyCalls(pipeline, bucket, operations.includes("PutObject") ? "GenerateDataKey" : "Decrypt"),
  ];
}

/** What S3 asks of the key, in the name of who calls it. */
function keyCalls(pipeline: Pipeline, bucket: string, operation: string): readonly Call[] {
  return callsOn("kms", [operation], {
    region: pipeline.region,
    resource: arnIn(pipeline, "kms", `key/${someId}`),
    context: {
      "kms:ViaService": `s3.${pipeline.region}.amazonaws.com`,
      "kms:EncryptionContext:aws:s3:arn": bucket,
    },
  });
}

const reading = ["GetObject", "GetObjectVersion"];

function pipelineServiceCalls(
  fleet: Fleet,
  pipeline: Pipeline,
  projects: readonly PipelineProject[],
): readonly Call[] {
  const { approvals, region, source } = pipeline;
  const bucket = `arn:aws:s3:::${artifactBucketName(fleet.name, pipeline)}`;
  return [
    ...callsOn("s3", ["GetBucketAcl", "GetBucketLocation", "GetBucketVersioning"], {
      ...{ region, resource: bucket },
    }),
    ...artifactCalls(fleet, pipeline, sourceArtifact, ["PutObject"]),
    ...artifactCalls(fleet, pipeline, assemblyArtifact, reading),
    ...projects.flatMap((project) =>
      callsOn("codebuild", isBatch(project) ? batchCalls : singleCalls, {
        region,
        resource: arnIn(pipeline, "codebuild", `project/${projectName(fleet.name, project)}`),
      }),
    ),
    ...Object.keys(approvals).flatMap((stage) =>
      callsOn("sns", ["Publish"], {
        region,
        resource: arnIn(pipeline, "sns", approvalTopicName(fleet.name, stage)),
      }),
    ),
    ...("connection" in source
      ? callsOn(connectionService(source.connection), ["UseConnection"], {
          ...{ region, resource: source.connection },
        })
      : [
          ...callsOn("s3", ["GetBucketVersioning"], { region, resource: `arn:aws:s3:::${source.bucket}` }),
          ...callsOn("s3", reading, { region, resource: `arn:aws:s3:::${source.bucket}/${source.key}` }),
          // Where the bucket is encrypted with a key of its own.
          ...keyCalls(pipeline, `arn:aws:s3:::${source.bucket}/${source.key}`, "Decrypt"),
        ]),
  ];
}

const singleCalls = ["BatchGetBuilds", "StartBuild", "StopBuild"];
const batchCalls = ["BatchGetBuildBatches", "StartBuildBatch", "StopBuildBatch"];

/** What CodeBuild does for a build of a project, and what the build's commands do before they become another role. */
function buildCalls(fleet: Fleet, pipeline: Pipeline, project: PipelineProject): readonly Call[] {
  const own = arnIn(pipeline, "codebuild", `project/${projectName(fleet.name, project)}`);
  const log = arnIn(pipeline, "logs", `log-group:${projectLogGroup(fleet.name, project)}`);
  const { region } = pipeline;
  return [
    ...callsOn("logs", ["CreateLogStream", "PutLogEvents"], {
      ...{ region, resource: `${log}:log-stream:${someId}` },
    }),
    ...callsOn("s3", ["GetBucketAcl", "GetBucketLocation"], {
      ...{ region, resource: `arn:aws:s3:::${artifactBucketName(fleet.name, pipeline)}` },
    }),
    ...takenAndMade(fleet, pipeline, project),
    // Whether one that holds a lock is over.
    ...(project.kind === "deploy" || project.kind === "update"
      ? callsOn("codebuild", ["BatchGetBuildBatches", "BatchGetBuilds"], { region, resource: own })
      : []),
    ...assumed(fleet, pipeline, project).map((resource) => assumeCall(region, resource)),
  ];
}

function takenAndMade(fleet: Fleet, pipeline: Pipeline, project: PipelineProject): readonly Call[] {
  const artifact = (name: string, operations: readonly string[]) =>
    artifactCalls(fleet, pipeline, name, operations);
  const assembly = artifact(assemblyArtifact, reading);
  switch (project.kind) {
    case "check":
      return [...artifact(sourceArtifact, reading), ...artifact(assemblyArtifact, ["PutObject"])];
    case "plan":
      return [
        ...assembly,
        ...artifact(plansArtifact(project.of), ["PutObject"]),
        ...callsOn("s3", ["PutObject"], {
          region: pipeline.region,
          resource: `arn:aws:s3:::${artifactBucketName(fleet.name, pipeline)}/${reportPrefix(project.of)}/${someId}/${someId}.md`,
          context: { "s3:if-none-match": "*" },
        }),
      ];
    case "deploy":
      return [...assembly, ...artifact(plansArtifact(project.of), reading)];
    case "update":
      return [
        ...assembly,
        ...(project.plannedWith === undefined ? [] : artifact(plansArtifact(project.plannedWith), reading)),
      ];
    case "wait":
    case "verify":
      return assembly;
  }
}

/** ARNs of the roles that the commands of a build become. */
function assumed(fleet: Fleet, { account }: Pipeline, project: PipelineProject): readonly string[] {
  const arn = (id: string, role: string) => `arn:aws:iam::${id}:role/${role}`;
  const stacks = fleetStacks(fleet).filter(({ kind, stage }) => {
    if (!("of" in project)) return false;
    if (kind === foundationStacks.pipeline) return project.kind === "plan" && project.withPipeline === true;
    return (stage ?? foundationStage) === project.of;
  });
  const { stateBucket } = fleet;
  const records = stateBucket
    ? [arn(stateBucket.account.id, recordRoleName(stateBucket.account.deployRole))]
    : [];
  const as = (name: (deployRole: string) => string) => [
    ...new Set(stacks.map((stack) => arn(stack.account.id, name(stack.account.deployRole)))),
  ];
  switch (project.kind) {
    case "check":
    case "wait":
      return [];
    case "plan":
      return as(planRoleName);
    case "deploy":
      return [...as((name) => name), ...records];
    case "verify":
      return as((name) => name);
    case "update":
      return [arn(account.id, account.deployRole), ...records];
  }
}

/** All accounts are of one organization. */
function assumeCall(region: string, resource: string): Call {
  const organization = "o-example";
  return {
    ...{ action: "sts:AssumeRole", region, resource },
    context: { "aws:PrincipalOrgID": organization, "aws:ResourceOrgID": organization },
  };
}
