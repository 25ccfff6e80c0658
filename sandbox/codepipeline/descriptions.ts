import type { BuildZip } from "../codebuild/builds";
import { latestIn } from "./machine";
import type { ActionRun, Machine } from "./model";
import type { Pipeline, RunDetails } from "./pipeline";

type Execution = Machine["executions"][number];

/** AWS's JSON has times in seconds. */
const seconds = (milliseconds: number) => milliseconds / 1000;

const typeOf = ({ rollbackTo }: Execution) => (rollbackTo === undefined ? "STANDARD" : "ROLLBACK");

function rollbackOf({ rollbackTo }: Execution) {
  return rollbackTo === undefined
    ? {}
    : { rollbackMetadata: { rollbackTargetPipelineExecutionId: rollbackTo } };
}

/** Why an execution ended as it did, where its status does not say all. */
function statusSummary({ status }: Execution): string | undefined {
  if (status === "Cancelled") return "The pipeline was updated before the execution could be completed.";
  return status === "Superseded" ? "A newer execution went on in its place." : undefined;
}

/** A pipeline as GetPipeline answers it. */
export function describePipeline({ arn, created, described, updated }: Pipeline) {
  return {
    pipeline: described,
    metadata: { pipelineArn: arn, created: seconds(created), updated: seconds(updated) },
  };
}

/** A pipeline in the list of ListPipelines. */
export function summarizePipeline({ created, declaration, machine, updated }: Pipeline) {
  const { executionMode, name, pipelineType } = declaration;
  return {
    ...{ name, pipelineType, executionMode },
    ...{ version: machine.structure.version, created: seconds(created), updated: seconds(updated) },
  };
}

/** An execution as GetPipelineExecution answers it. */
export function describeExecution({ declaration, executions }: Pipeline, execution: Execution) {
  const details = executions.get(execution.id);
  return {
    pipelineName: declaration.name,
    pipelineVersion: execution.version,
    pipelineExecutionId: execution.id,
    status: execution.status,
    statusSummary: statusSummary(execution),
    artifactRevisions: Object.values(details?.revisions ?? {}).map(({ artifact, at, id, summary }) => ({
      ...{ name: artifact, revisionId: id, revisionSummary: summary, created: seconds(at) },
    })),
    variables: Object.entries(details?.variables.variables ?? {}).map(([name, resolvedValue]) => ({
      name,
      resolvedValue,
    })),
    trigger: details?.trigger,
    executionMode: declaration.executionMode,
    executionType: typeOf(execution),
    ...rollbackOf(execution),
  };
}

/** An execution in the list of ListPipelineExecutions. */
export function summarizeExecution({ declaration, executions }: Pipeline, execution: Execution) {
  const details = executions.get(execution.id);
  return {
    pipelineExecutionId: execution.id,
    status: execution.status,
    statusSummary: statusSummary(execution),
    startTime: seconds(details?.started ?? 0),
    lastUpdateTime: seconds(details?.changed ?? 0),
    sourceRevisions: Object.entries(details?.revisions ?? {}).map(([actionName, { id, summary }]) => ({
      ...{ actionName, revisionId: id, revisionSummary: summary },
    })),
    trigger: details?.trigger,
    ...(details?.stopReason !== undefined && { stopTrigger: { reason: details.stopReason } }),
    executionMode: declaration.executionMode,
    executionType: typeOf(execution),
    ...rollbackOf(execution),
  };
}

/** A pipeline as GetPipelineState answers it. */
export function describeState(pipeline: Pipeline) {
  const { created, declaration, machine, updated } = pipeline;
  const runs = machine.executions.flatMap((execution) => execution.runs);
  const byId = new Map(runs.map((run) => [run.id, run]));
  return {
    pipelineName: declaration.name,
    pipelineVersion: machine.structure.version,
    stageStates: declaration.stages.map(({ actions, name }) => {
      const waiting = machine.executions
        .filter(({ place, stage }) => place === "waiting" && stage === name)
        .sort((a, b) => a.arrived - b.arrived);
      const inbound = waiting.map((execution) => ({
        ...{ pipelineExecutionId: execution.id, status: "InProgress", type: typeOf(execution) },
      }));
      const latest = latestIn(machine, name);
      return {
        stageName: name,
        ...(inbound[0] && { inboundExecution: inbound.at(-1), inboundExecutions: inbound }),
        inboundTransitionState: { enabled: !machine.closed.has(name), ...pipeline.transitions.get(name) },
        actionStates: actions.map((action) => describeAction(pipeline, byId, name, action.name)),
        ...(latest && {
          latestExecution: {
            pipelineExecutionId: latest.id,
            status: latest.entered[name]?.status,
            type: typeOf(latest),
          },
        }),
      };
    }),
    created: seconds(created),
    updated: seconds(updated),
  };
}

function describeAction(
  { executions, running, runs }: Pipeline,
  byId: ReadonlyMap<string, Omit<ActionRun, "isCurrent">>,
  stage: string,
  actionName: string,
) {
  // The details are in the order in which the runs began, of all executions.
  const last = [...runs].findLast(([id]) => {
    const run = byId.get(id);
    return run?.stage === stage && run.action === actionName;
  });
  if (!last) return { actionName };
  const [id, details] = last;
  const revision = executions.get(details.execution)?.revisions[actionName];
  return {
    actionName,
    ...(revision && {
      currentRevision: {
        revisionId: revision.id,
        revisionChangeId: revision.id,
        created: seconds(revision.at),
      },
    }),
    latestExecution: {
      actionExecutionId: id,
      status: byId.get(id)?.status,
      lastStatusChange: seconds(details.changed),
      ...(details.result?.summary !== undefined && { summary: details.result.summary }),
      ...(details.result?.by !== undefined && { lastUpdatedBy: details.result.by }),
      ...(details.result?.error && { errorDetails: details.result.error }),
      ...(details.externalId !== undefined && { externalExecutionId: details.externalId }),
      ...(running.get(id)?.token !== undefined && { token: running.get(id)?.token }),
    },
  };
}

/** A run in the list of ListActionExecutions. */
export function describeRun(run: Omit<ActionRun, "isCurrent">, details: RunDetails) {
  const { action, changed, configuration, execution, externalId, inputs, outputs, result, started, version } =
    details;
  return {
    pipelineExecutionId: execution,
    actionExecutionId: run.id,
    pipelineVersion: version,
    stageName: run.stage,
    actionName: run.action,
    startTime: seconds(started),
    lastUpdateTime: seconds(changed),
    ...(result?.by !== undefined && { updatedBy: result.by }),
    status: run.status,
    input: {
      actionTypeId: action.actionTypeId,
      configuration: action.configuration,
      resolvedConfiguration: configuration,
      inputArtifacts: inputs.map(artifact),
      ...(action.namespace !== undefined && { namespace: action.namespace }),
    },
    output: {
      outputArtifacts: result?.status === "Succeeded" ? outputs.map(artifact) : [],
      executionResult: {
        ...(externalId !== undefined && { externalExecutionId: externalId }),
        ...(result?.summary !== undefined && { externalExecutionSummary: result.summary }),
        ...(result?.error && { errorDetails: result.error }),
      },
      outputVariables: result?.variables ?? {},
    },
  };
}

const artifact = ({ bucket, key, name }: BuildZip) => ({ name, s3location: { bucket, key } });
