import { randomBytes, randomUUID } from "node:crypto";
import type { BuildZip } from "../codebuild/builds";
import type { JsonInput } from "../protocols/json";
import {
  type ActionContext,
  type ActionResult,
  type ActionServices,
  failed,
  type RunningAction,
} from "./action";
import { startAction } from "./actions";
import { type ActionDeclaration, configurationLength, type Declaration, kindOf } from "./declaration";
import { newMachine, step } from "./machine";
import type { ActionRun, Machine, PipelineEvent, Structure } from "./model";
import type { PipelinePlace } from "./surroundings";
import { resolveVariables, UnresolvedVariable, type Variables } from "./variables";

/** What is known of a run of an action, beside its state. */
export interface RunDetails {
  readonly execution: string;
  readonly version: number;
  readonly action: ActionDeclaration;
  readonly configuration: Readonly<Record<string, string>>;
  readonly inputs: readonly BuildZip[];
  readonly outputs: readonly BuildZip[];
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly changed: number;
  readonly externalId?: string;
  readonly result?: ActionResult;
}

/** Why an execution runs. */
export interface Trigger {
  readonly triggerType: "CreatePipeline" | "StartPipelineExecution" | "ManualRollback";
  readonly triggerDetail: string;
}

/** What is known of an execution, beside its state. */
export interface ExecutionDetails {
  readonly trigger: Trigger;
  readonly started: number;
  readonly changed: number;
  readonly stopReason?: string;
  /** Versions of sources to take, by action. */
  readonly wanted: Readonly<Record<string, string>>;
  readonly artifacts: Readonly<Record<string, BuildZip>>;
  readonly variables: Variables;
  /** What the sources found, by action. */
  readonly revisions: Readonly<
    Record<
      string,
      { readonly artifact: string; readonly id: string; readonly summary: string; readonly at: number }
    >
  >;
}

/** A pipeline, with its executions. */
export interface Pipeline {
  readonly arn: string;
  readonly place: PipelinePlace;
  readonly created: number;
  declaration: Declaration;
  /** As it is read back. */
  described: JsonInput;
  updated: number;
  tags: ReadonlyMap<string, string>;
  machine: Machine;
  readonly executions: Map<string, ExecutionDetails>;
  /** In the order in which they began. */
  readonly runs: Map<string, RunDetails>;
  /** Actions that run now, by run. */
  readonly running: Map<string, RunningAction>;
  /** Who closed or opened a stage, and why. */
  readonly transitions: Map<string, JsonInput>;
}

/** What is to be known of an execution that begins. */
export interface Beginning {
  readonly trigger: Trigger;
  readonly wanted?: ExecutionDetails["wanted"];
  /** Variables of the pipeline, over their defaults. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The execution whose artifacts and variables it takes over. */
  readonly target?: string;
}

/** A pipeline to the machine. */
export function structureOf({ executionMode, stages }: Declaration, version: number): Structure {
  return { version, mode: executionMode === "QUEUED" ? "QUEUED" : "SUPERSEDED", stages };
}

/** A pipeline that has just been made. */
export function newPipeline(
  place: PipelinePlace,
  declaration: Declaration,
  described: JsonInput,
  tags: ReadonlyMap<string, string>,
): Pipeline {
  const now = Date.now();
  return {
    ...{ place, declaration, described, tags, created: now, updated: now },
    arn: `arn:aws:codepipeline:${place.region}:${place.account}:${declaration.name}`,
    machine: newMachine(structureOf(declaration, 1)),
    ...{ executions: new Map(), runs: new Map(), running: new Map(), transitions: new Map() },
  };
}

/** Begins an execution, of all stages or, with a target, of one. Returns its id. */
export function beginExecution(
  pipeline: Pipeline,
  { target, trigger, variables = {}, wanted = {} }: Beginning,
  stage: string | undefined,
  services: ActionServices,
): string {
  const id = randomUUID();
  const now = Date.now();
  const defaults = pipeline.declaration.variables.flatMap(({ defaultValue, name }) =>
    defaultValue === undefined ? [] : [[name, defaultValue] as const],
  );
  const before = target === undefined ? undefined : pipeline.executions.get(target);
  pipeline.executions.set(id, {
    ...{ trigger, wanted, started: now, changed: now },
    artifacts: before?.artifacts ?? {},
    revisions: before?.revisions ?? {},
    variables: {
      ...(before?.variables ?? { variables: { ...Object.fromEntries(defaults), ...variables } }),
      codepipeline: { PipelineExecutionId: id },
    },
  });
  const isRollback = target !== undefined && stage !== undefined;
  send(pipeline, isRollback ? { kind: "rollback", id, stage, target } : { kind: "start", id }, services);
  return id;
}

/** Lets something happen to a pipeline, and begins and ends the actions that follow from it. */
export function send(pipeline: Pipeline, event: PipelineEvent, services: ActionServices): void {
  const before = new Map(
    pipeline.machine.executions.map((execution) => [execution.id, JSON.stringify(execution)]),
  );
  const { abandoned, begun, machine } = step(pipeline.machine, event, randomUUID);
  pipeline.machine = machine;
  const changed = Date.now();
  for (const execution of machine.executions) {
    const details = pipeline.executions.get(execution.id);
    if (details && before.get(execution.id) !== JSON.stringify(execution))
      pipeline.executions.set(execution.id, { ...details, changed });
  }
  for (const id of abandoned) {
    pipeline.running.get(id)?.abandon();
    pipeline.running.delete(id);
    const details = pipeline.runs.get(id);
    if (details) pipeline.runs.set(id, { ...details, changed });
  }
  for (const { execution, run } of begun) begin(pipeline, execution, run, services);
}

/** Ends everything that runs, as when the pipeline is deleted or the sandbox ends. */
export function endAll({ running }: Pipeline): void {
  for (const action of running.values()) {
    action.abandon();
    action.end?.();
  }
  running.clear();
}

/** Begins an action. Where it cannot begin, it has failed, which is told as later as any other result. */
function begin(pipeline: Pipeline, execution: string, run: ActionRun, services: ActionServices): void {
  const { declaration, executions, machine, runs, running } = pipeline;
  const details = executions.get(execution);
  const action = declaration.stages
    .find(({ name }) => name === run.stage)
    ?.actions.find(({ name }) => name === run.action);
  if (!details || !action) return;
  const now = Date.now();
  const about: RunDetails = {
    ...{ execution, action, version: machine.structure.version, started: now, changed: now },
    configuration: action.configuration,
    inputs: action.inputArtifacts.flatMap(({ name }) => details.artifacts[name] ?? []),
    outputs: action.outputArtifacts.map(({ name }) => newArtifact(declaration, action, name)),
  };
  runs.set(run.id, about);
  const started = tryToStart(pipeline, run, about, details, services);
  running.set(run.id, started);
  const known = runs.get(run.id) ?? about;
  runs.set(run.id, { ...known, externalId: started.externalId });
  started.result.then((result) => {
    // What was abandoned, or belongs to a pipeline that is gone, comes too late.
    if (running.get(run.id) !== started) return;
    running.delete(run.id);
    finish(pipeline, run, result);
    send(pipeline, { kind: "ended", run: run.id, status: result.status }, services);
  });
}

function tryToStart(
  pipeline: Pipeline,
  run: ActionRun,
  about: RunDetails,
  { revisions, variables, wanted }: ExecutionDetails,
  services: ActionServices,
): RunningAction {
  const { action, inputs, outputs } = about;
  const over = (code: string, message: string): RunningAction => ({
    result: Promise.resolve(failed(code, message)),
    abandon: () => {},
  });
  try {
    const missing = action.inputArtifacts.find(({ name }) => !inputs.some((input) => input.name === name));
    if (missing) return over("ConfigurationError", `The execution has no artifact ${missing.name}`);
    const configuration = Object.fromEntries(
      Object.entries(action.configuration).map(([key, text]) => [
        key,
        resolveVariables(text, variables, key === "EnvironmentVariables" ? writtenInJson : undefined),
      ]),
    );
    pipeline.runs.set(run.id, { ...about, configuration });
    const long = Object.entries(configuration).find(([, { length }]) => length > configurationLength);
    if (long) {
      const [field, { length }] = long;
      return over(
        "ConfigurationError",
        `${field} has ${length} characters with the values of its variables, and may have ${configurationLength}`,
      );
    }
    const context: ActionContext = {
      ...{ place: pipeline.place, pipeline: pipeline.declaration.name, stage: run.stage },
      ...{ action, configuration, inputs, outputs, roleArn: pipeline.declaration.roleArn },
      revisions: Object.fromEntries(Object.values(revisions).map(({ artifact, id }) => [artifact, id])),
      kmsKey: pipeline.declaration.artifactStore?.encryptionKey?.id,
      revision: wanted[action.name],
    };
    return startAction(context, services);
  } catch (error) {
    const code = error instanceof UnresolvedVariable ? "UnresolvedVariable" : "ConfigurationError";
    return over(code, error instanceof Error ? error.message : String(error));
  }
}

/** Variables of builds are a list in JSON: a value must not end the text that it stands in. */
function writtenInJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function finish(pipeline: Pipeline, run: ActionRun, result: ActionResult): void {
  const about = pipeline.runs.get(run.id);
  const details = about && pipeline.executions.get(about.execution);
  if (!about || !details) return;
  const now = Date.now();
  pipeline.runs.set(run.id, { ...about, result, changed: now });
  if (result.status === "Failed") return;
  const { action, outputs } = about;
  const { revision, variables } = result;
  const artifact = outputs[0]?.name;
  pipeline.executions.set(about.execution, {
    ...details,
    artifacts: {
      ...details.artifacts,
      ...Object.fromEntries(outputs.map((output) => [output.name, output])),
    },
    variables:
      action.namespace !== undefined && variables
        ? { ...details.variables, [action.namespace]: variables }
        : details.variables,
    revisions:
      revision && artifact !== undefined
        ? { ...details.revisions, [action.name]: { ...revision, artifact, at: now } }
        : details.revisions,
  });
}

/** Letters and digits in the last part of an artifact's key. */
const randomLength = 7;

/**
 * Where a new artifact is to lie: below the first 20 characters of the pipeline's name
 * (https://repost.aws/questions/QUI91tw7A9SUOMohJurNqmgA), and the first 10 of its own (from memory, as is what follows).
 */
function newArtifact(
  { artifactStore, name: pipeline }: Declaration,
  action: ActionDeclaration,
  name: string,
): BuildZip {
  const random = randomBytes(randomLength * 2)
    .toString("base64url")
    .replace(/[-_]/g, "0")
    .slice(0, randomLength);
  const end = kindOf(action).startsWith("Source/") ? ".zip" : "";
  return {
    name,
    bucket: artifactStore?.location ?? "",
    key: `${pipeline.slice(0, 20)}/${name.slice(0, 10)}/${random}${end}`,
  };
}
