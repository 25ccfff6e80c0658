import { AwsError, notServed } from "../http";
import { type ActionDeclaration, type Declaration, kindOf } from "./declaration";
import { referencesIn } from "./variables";

/** What an action of a kind needs, and may have. */
interface ActionKind {
  readonly required: readonly string[];
  /** How many artifacts, at least and at most. */
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number];
}

const build: ActionKind = { required: ["ProjectName"], inputs: [1, 5], outputs: [0, 5] };

/**
 * The kinds of actions that the sandbox knows. Numbers of artifacts:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html
 */
const actionKinds: Readonly<Record<string, ActionKind>> = {
  "Source/S3": { required: ["S3Bucket", "S3ObjectKey"], inputs: [0, 0], outputs: [1, 1] },
  "Source/CodeStarSourceConnection": {
    required: ["ConnectionArn", "FullRepositoryId", "BranchName"],
    inputs: [0, 0],
    outputs: [1, 1],
  },
  "Build/CodeBuild": build,
  "Test/CodeBuild": build,
  "Approval/Manual": { required: [], inputs: [0, 0], outputs: [0, 0] },
};

/**
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html: stages of a pipeline, and actions of a stage, which
 * is also how many of them may run at once.
 */
const most = { stages: 50, actions: 50 };

function structure(message: string): AwsError {
  return new AwsError(400, "InvalidStructureException", message);
}

function badAction(message: string): AwsError {
  return new AwsError(400, "InvalidActionDeclarationException", message);
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((one, index) => names.indexOf(one) !== index);
}

/**
 * Refuses what AWS refuses of a pipeline's structure. Rules:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html. The messages on the first stage,
 * on too many stages, on V2 and on missing configuration are AWS's, as users report them; the others are the sandbox's.
 *
 * @throws {AwsError} the first thing that is wrong
 */
export function checkDeclaration(declaration: Declaration, region: string): void {
  checkStages(declaration);
  for (const { actions } of declaration.stages) for (const one of actions) checkAction(one, region);
  checkArtifacts(declaration);
  checkNamespaces(declaration);
}

function checkStages({ artifactStore, executionMode, pipelineType, stages, variables }: Declaration): void {
  const [first, ...rest] = stages;
  if (!artifactStore) throw structure("Pipeline should have an artifact store");
  if (!first || rest.length === 0)
    throw structure(
      `Pipeline has only ${stages.length} stage(s). There should be a minimum of 2 stages in a pipeline`,
    );
  if (stages.length > most.stages) {
    throw structure(
      `Pipeline has too many stages. There can only be up to ${most.stages} stages in a pipeline`,
    );
  }
  const isSource = ({ actionTypeId }: ActionDeclaration) => actionTypeId.category === "Source";
  if (first.actions.length === 0 || !first.actions.every(isSource))
    throw structure("Pipeline should start with a stage that only contains source actions");
  if (rest.some(({ actions }) => actions.some(isSource)))
    throw structure("Pipeline should contain source actions in its first stage only");
  const stage = firstTwice(stages.map(({ name }) => name));
  if (stage !== undefined)
    throw structure(`Stage name ${stage} is used more than once; stage names must be unique`);
  for (const { actions, name } of stages) {
    if (actions.length === 0 || actions.length > most.actions)
      throw structure(`Stage ${name} has ${actions.length} actions; there can be 1 to ${most.actions}`);
    const twice = firstTwice(actions.map((one) => one.name));
    if (twice !== undefined)
      throw structure(
        `Action name ${twice} is used more than once in stage ${name}; it must be unique in its stage`,
      );
  }
  if (pipelineType === "V2") return;
  if (executionMode !== "SUPERSEDED")
    throw structure("QUEUED or PARALLEL mode can only be used with V2 pipelines");
  if (variables.length > 0) throw structure("Pipeline variable can only be used with V2 pipelines");
}

function checkAction(action: ActionDeclaration, region: string): void {
  const { actionTypeId, configuration, inputArtifacts, name, outputArtifacts, timeoutInMinutes } = action;
  const kind = actionTypeId.owner === "AWS" ? actionKinds[kindOf(action)] : undefined;
  if (!kind) throw notServed(`actions of the type ${actionTypeId.owner} ${kindOf(action)}`);
  if (actionTypeId.version !== "1")
    throw badAction(
      `ActionType (Category: '${actionTypeId.category}', Provider: '${actionTypeId.provider}', Owner: 'AWS', Version: '${actionTypeId.version}') in action '${name}' is not available in region ${region}`,
    );
  if (action.region !== undefined && action.region !== region)
    throw notServed(`actions in another region than their pipeline's, as '${name}' in ${action.region}`);
  const missing = kind.required.find((key) => configuration[key] === undefined);
  if (missing !== undefined)
    throw badAction(
      `Action configuration for action '${name}' is missing required configuration '${missing}'`,
    );
  for (const [what, list, [least, top]] of [
    ["input", inputArtifacts, kind.inputs],
    ["output", outputArtifacts, kind.outputs],
  ] as const) {
    if (list.length < least || list.length > top)
      throw badAction(`Action ${name} has ${list.length} ${what} artifacts; it takes ${least} to ${top}`);
  }
  if (timeoutInMinutes !== undefined && kindOf(action) !== "Approval/Manual")
    throw badAction(`Action ${name} cannot have a timeout: only manual approvals can`);
  if (actionTypeId.provider === "CodeBuild") checkPrimarySource(action);
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html#action-reference-CodeBuild-config */
function checkPrimarySource({ configuration, inputArtifacts, name }: ActionDeclaration): void {
  const { PrimarySource } = configuration;
  const names = inputArtifacts.map((one) => one.name);
  if (PrimarySource === undefined && names.length > 1)
    throw badAction(`Action ${name} has several input artifacts, and so has to name its PrimarySource`);
  if (PrimarySource !== undefined && !names.includes(PrimarySource))
    throw badAction(`PrimarySource ${PrimarySource} of action ${name} is none of its input artifacts`);
}

/** Actions in the order in which they may run: those of one step may run side by side. */
function stepsOf({ stages }: Declaration): readonly (readonly ActionDeclaration[])[] {
  return stages.flatMap(({ actions }) => {
    const orders = [...new Set(actions.map(({ runOrder }) => runOrder))].sort((a, b) => a - b);
    return orders.map((order) => actions.filter(({ runOrder }) => runOrder === order));
  });
}

function checkArtifacts(declaration: Declaration): void {
  const made = new Set<string>();
  for (const step of stepsOf(declaration)) {
    for (const { inputArtifacts, name } of step) {
      const unknown = inputArtifacts.find((one) => !made.has(one.name));
      if (unknown)
        throw structure(
          `Input artifact ${unknown.name} of action ${name} is no output of an action that runs before it`,
        );
      const twice = firstTwice(inputArtifacts.map((one) => one.name));
      if (twice !== undefined) throw structure(`Action ${name} names input artifact ${twice} more than once`);
    }
    for (const { name } of step.flatMap(({ outputArtifacts }) => outputArtifacts)) {
      if (made.has(name))
        throw structure(`Output artifact ${name} is used more than once; names must be unique in a pipeline`);
      made.add(name);
    }
  }
}

/**
 * A namespace is no other action's, no artifact's name, and is used only by actions that run after its own:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 */
function checkNamespaces(declaration: Declaration): void {
  const actions = declaration.stages.flatMap((stage) => stage.actions);
  const artifacts = new Set(
    actions.flatMap(({ outputArtifacts }) => outputArtifacts.map(({ name }) => name)),
  );
  const known = new Set(["codepipeline", "variables"]);
  for (const step of stepsOf(declaration)) {
    for (const { configuration, name } of step) {
      const unknown = Object.values(configuration)
        .flatMap(referencesIn)
        .find(({ namespace }) => !known.has(namespace));
      if (unknown)
        throw structure(
          `Action ${name} uses a variable of namespace ${unknown.namespace}, which no action that runs before it has`,
        );
    }
    for (const { namespace } of step) {
      if (namespace === undefined) continue;
      if (known.has(namespace) || artifacts.has(namespace))
        throw structure(
          `Namespace ${namespace} is reserved, or used more than once, or the name of an artifact`,
        );
      known.add(namespace);
    }
  }
}
