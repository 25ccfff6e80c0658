import { Codepipeline, type CodepipelineStageAction } from "@cdktf/provider-aws/lib/codepipeline";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Pipeline } from "../fleet/foundation/model";
import {
  assemblyArtifact,
  checkNamespace,
  type NamedAction,
  type PipelineStage,
  pipelineName,
  pipelineRoleName,
  planNamespace,
  plansArtifact,
  projectName,
  sourceArtifact,
} from "../fleet/pipeline";
import type { PipelineArtifacts } from "./pipeline-artifacts";
import {
  assemblyHashVariable,
  assemblyVariable,
  executionVariable,
  plansHashVariable,
  plansVariable,
  reportVariable,
  summaryVariable,
  waitVariable,
} from "./pipeline-buildspecs";
import type { PipelineNotifications } from "./pipeline-notifications";
import type { PipelineProjects } from "./pipeline-projects";
import { addSourceRule, sourceAction, sourceTriggers } from "./pipeline-source";

/** What a pipeline is made of. */
export interface FleetPipelineProps {
  /** In the pipeline's region and account. */
  readonly provider: AwsProvider;
  readonly fleet: string;
  readonly pipeline: Pipeline;
  readonly stages: readonly PipelineStage[];
  readonly artifacts: PipelineArtifacts;
  readonly projects: PipelineProjects;
  readonly notifications: PipelineNotifications;
}

/**
 * How executions of a pipeline get on with each other. Where one waits for an approval they queue up: in the other mode a newer
 * execution takes the place of one that waits, and its plan is gone while somebody reads it. Where none waits, the newer one has
 * all that the older one has, so those in between need not be rolled out.
 *
 * In both, one execution at a time is in a stage.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html#concepts-how-it-works-executions
 */
export function executionMode(stages: readonly PipelineStage[]): "QUEUED" | "SUPERSEDED" {
  return stages.some(({ actions }) => actions.some(({ kind }) => kind === "approval"))
    ? "QUEUED"
    : "SUPERSEDED";
}

/** The pipeline itself, and what starts it. */
export class FleetPipeline extends Construct {
  constructor(scope: Construct, id: string, props: FleetPipelineProps) {
    super(scope, id);
    const { artifacts, fleet, pipeline, provider, stages } = props;
    const [source] = stages.flatMap(({ actions }) => actions.filter(({ kind }) => kind === "source"));
    if (!source) throw new Error("a pipeline begins with its sources");
    const made = new Codepipeline(this, "pipeline", {
      provider,
      name: pipelineName({ name: fleet }),
      pipelineType: "V2",
      executionMode: executionMode(stages),
      roleArn: `arn:aws:iam::${pipeline.account.id}:role/${pipelineRoleName(fleet, { kind: "pipeline" })}`,
      artifactStore: [
        {
          type: "S3",
          location: artifacts.bucket.bucket,
          encryptionKey: { type: "KMS", id: artifacts.key.arn },
        },
      ],
      stage: stages.map(({ actions, name }) => ({
        name,
        action: actions.map((action, index) => ({
          ...actionOf(action, props),
          name: action.name,
          version: "1",
          // One after the other.
          runOrder: index + 1,
        })),
      })),
      trigger: sourceTriggers(pipeline.source, source.name),
    });
    addSourceRule(new Construct(this, "sources"), { provider, fleet, pipeline, starts: made.arn });
  }
}

type ActionParts = Omit<CodepipelineStageAction, "name" | "version" | "runOrder">;

function actionOf(action: NamedAction, props: FleetPipelineProps): ActionParts {
  switch (action.kind) {
    case "source":
      return {
        category: "Source",
        owner: "AWS",
        ...sourceAction(props.pipeline.source),
        outputArtifacts: [sourceArtifact],
      };
    case "approval":
      return approval(action.of, props);
    case "check":
      return {
        ...build(action, props, { inputs: [sourceArtifact], outputs: [assemblyArtifact] }),
        namespace: checkNamespace,
      };
    case "plan":
      return {
        ...build(action, props, {
          inputs: [assemblyArtifact],
          outputs: [plansArtifact(action.of)],
          variables: ofAssembly,
        }),
        namespace: planNamespace(action.of),
      };
    case "deploy":
      return build(action, props, {
        inputs: [assemblyArtifact, plansArtifact(action.of)],
        variables: { ...ofAssembly, ...ofPlans(action.of) },
        isBatch: action.shards > 1,
      });
    case "wait":
      return build(action, props, {
        inputs: [assemblyArtifact],
        variables: { ...execution, [waitVariable]: String(action.seconds) },
      });
    case "verify":
      return build(action, props, { inputs: [assemblyArtifact], variables: ofAssembly });
    case "update": {
      const { plannedWith } = action;
      const isPlanned = plannedWith !== undefined;
      return build(action, props, {
        inputs: [assemblyArtifact, ...(isPlanned ? [plansArtifact(plannedWith)] : [])],
        variables: { ...ofAssembly, ...(isPlanned && ofPlans(plannedWith)) },
      });
    }
  }
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html */
const execution = { [executionVariable]: "#{codepipeline.PipelineExecutionId}" };

/** For whoever runs the assembly: that it is this execution's. */
const ofAssembly = { ...execution, [assemblyHashVariable]: `#{${checkNamespace}.${assemblyVariable}}` };

/** For whoever deploys plans: that they are those which this execution has made, and somebody may have approved. */
function ofPlans(stage: string): Readonly<Record<string, string>> {
  return { [plansHashVariable]: `#{${planNamespace(stage)}.${plansVariable}}` };
}

interface BuildParts {
  /** Names of artifacts. The build runs in the first. */
  readonly inputs: readonly string[];
  readonly outputs?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly isBatch?: boolean;
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html */
function build(
  action: Parameters<typeof projectName>[1],
  { fleet, projects }: FleetPipelineProps,
  { inputs, isBatch = false, outputs = [], variables = {} }: BuildParts,
): ActionParts {
  const environment = Object.entries(variables).map(([name, value]) => ({ name, value, type: "PLAINTEXT" }));
  return {
    category: "Build",
    owner: "AWS",
    provider: "CodeBuild",
    inputArtifacts: [...inputs],
    ...(outputs.length > 0 && { outputArtifacts: [...outputs] }),
    configuration: {
      ProjectName: projects.nameOf(projectName(fleet, action)),
      ...(inputs[0] !== undefined && inputs.length > 1 && { PrimarySource: inputs[0] }),
      ...(isBatch && { BatchEnabled: "true" }),
      ...(environment.length > 0 && { EnvironmentVariables: JSON.stringify(environment) }),
    },
  };
}

/**
 * Waits, for a week at most, until somebody who may says yes or no. What is asked is the plan, in as many characters as AWS takes,
 * with a link to the whole.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-action-add.html
 */
function approval(stage: string, { notifications }: FleetPipelineProps): ActionParts {
  const namespace = planNamespace(stage);
  return {
    category: "Approval",
    owner: "AWS",
    provider: "Manual",
    configuration: {
      NotificationArn: notifications.topicOf(stage),
      CustomData: `#{${namespace}.${summaryVariable}}`,
      ExternalEntityLink: `#{${namespace}.${reportVariable}}`,
    },
  };
}
