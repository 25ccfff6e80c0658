import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Pipeline } from "../fleet/foundation/model";
import { limits } from "../fleet/limits";
import {
  foundationStage,
  isBatch,
  type PipelineProject,
  type PipelineRole,
  pipelineRoleName,
  projectLogGroup,
  projectName,
  projectRole,
} from "../fleet/pipeline";
import { literal } from "./literal";
import { type BuildspecContext, buildspecText } from "./pipeline-buildspecs";

/** What the projects of a pipeline are made of. */
export interface PipelineProjectsProps {
  /** In the pipeline's region and account. */
  readonly provider: AwsProvider;
  readonly fleet: string;
  readonly pipeline: Pipeline;
  /** Each by another name. */
  readonly projects: readonly PipelineProject[];
  readonly specs: BuildspecContext;
  /** ARN of the key of artifacts. */
  readonly key: string;
}

/** Days that logs of builds are kept: enough to look into what is found late. */
const logDays = 90;

/** Ubuntu, with several versions of Node.js. https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html */
const image = "aws/codebuild/standard:7.0";

/** Minutes of a build that deploys nothing: a test that hangs should not cost a day. */
const shortMinutes = 60;

/** Who only waits needs no more. */
const smallest = "BUILD_GENERAL1_SMALL";

/**
 * The builds of a pipeline: a CodeBuild project with a log group of its own for each action, so that what a build runs, and as
 * which role, is the project's, and no action of the pipeline can say otherwise.
 */
export class PipelineProjects extends Construct {
  private readonly names = new Map<string, string>();

  constructor(scope: Construct, id: string, props: PipelineProjectsProps) {
    super(scope, id);
    for (const project of props.projects) {
      const name = projectName(props.fleet, project);
      this.names.set(name, addProject(this, name, project, props).name);
    }
  }

  /**
   * The name of a project, as a reference to it.
   *
   * @throws Error there is none of that name
   */
  nameOf(name: string): string {
    const reference = this.names.get(name);
    if (reference === undefined) throw new Error(`the pipeline has no project ${name}`);
    return reference;
  }
}

function addProject(
  parent: Construct,
  name: string,
  project: PipelineProject,
  { fleet, key, pipeline, provider, specs }: PipelineProjectsProps,
): CodebuildProject {
  // The name begins with the fleet's, and what is left tells the projects of this stack apart.
  const scope = new Construct(parent, name.slice(`${fleet}__pipeline_`.length));
  const logs = new CloudwatchLogGroup(scope, "logs", {
    provider,
    name: projectLogGroup(fleet, project),
    retentionInDays: logDays,
  });
  const roleArn = (role: PipelineRole) =>
    `arn:aws:iam::${pipeline.account.id}:role/${pipelineRoleName(fleet, role)}`;
  return new CodebuildProject(scope, "project", {
    provider,
    name,
    description: descriptionOf(project),
    serviceRole: roleArn(projectRole(project)),
    encryptionKey: key,
    buildTimeout: minutesOf(project),
    queuedTimeout: limits.buildMinutes,
    source: { type: "CODEPIPELINE", buildspec: literal(buildspecText(project, specs)) },
    artifacts: { type: "CODEPIPELINE" },
    environment: {
      type: "LINUX_CONTAINER",
      image,
      computeType: project.kind === "wait" ? smallest : pipeline.computeType,
      imagePullCredentialsType: "CODEBUILD",
      privilegedMode: false,
    },
    logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logs.name } },
    ...(isBatch(project) && {
      buildBatchConfig: { serviceRole: roleArn({ kind: "batch" }), timeoutInMins: limits.buildMinutes },
    }),
  });
}

/** What has begun to deploy should come to its end, and a plan or a wait takes as long as the fleet is large. */
function minutesOf({ kind }: PipelineProject): number {
  return kind === "check" || kind === "verify" ? shortMinutes : limits.buildMinutes;
}

function descriptionOf(project: PipelineProject): string {
  switch (project.kind) {
    case "check":
      return "Checks, tests and synthesizes the fleet";
    case "plan":
      return `Plans ${project.of === foundationStage ? "the foundation" : project.of}, and can change nothing`;
    case "deploy":
      return project.of === foundationStage
        ? "Deploys what was planned of the foundation"
        : `Deploys what was planned of ${project.of}: wave ${project.wave}`;
    case "verify":
      return `Asks all of ${project.of} for its answer`;
    case "wait":
      return "Waits between two waves";
    case "update":
      return "Brings the pipeline itself up to date";
  }
}
