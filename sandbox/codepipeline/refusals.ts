import { AwsError } from "../http";
import { latestIn } from "./machine";
import type { Machine } from "./model";

/**
 * So many executions of a pipeline may be under way in the mode QUEUED:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html (from memory; the number for PARALLEL is the same)
 */
const mostQueued = 50;

type Execution = Machine["executions"][number];

function refused(code: string, message: string): AwsError {
  return new AwsError(400, code, message);
}

/**
 * An execution by its id.
 *
 * @throws {AwsError} PipelineExecutionNotFoundException
 */
export function findExecution({ executions }: Machine, id: string): Execution {
  const found = executions.find((execution) => execution.id === id);
  if (found) return found;
  throw refused("PipelineExecutionNotFoundException", `There is no pipeline execution with id ${id}`);
}

/** @throws {AwsError} StageNotFoundException */
export function requireStage({ structure }: Machine, stage: string): void {
  if (structure.stages.some(({ name }) => name === stage)) return;
  throw refused("StageNotFoundException", `The pipeline has no stage ${stage}`);
}

/** @throws {AwsError} where one more execution is too many */
export function refuseStart({ executions, structure }: Machine): void {
  const underWay = executions.filter(({ place }) => place !== "out").length;
  if (structure.mode !== "QUEUED" || underWay < mostQueued) return;
  throw refused(
    "ConcurrentPipelineExecutionsLimitExceededException",
    `The pipeline has reached the limit of ${mostQueued} concurrent executions`,
  );
}

/**
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StopPipelineExecution.html
 *
 * @throws {AwsError} where an execution cannot be stopped so
 */
export function refuseStop(machine: Machine, id: string, abandon: boolean): void {
  const { place, status, stop } = findExecution(machine, id);
  if (place === "out")
    throw refused(
      "PipelineExecutionNotStoppableException",
      `The pipeline execution is ${status}, and cannot be stopped`,
    );
  if (stop === undefined || (stop === "wait" && abandon)) return;
  throw refused("DuplicatedStopRequestException", "The pipeline execution is already in a Stopping state");
}

/**
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html, and for executions that were
 * stopped https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-stop.html
 *
 * @throws {AwsError} where a stage cannot be run again
 */
export function refuseRetry(machine: Machine, stage: string, id: string, mode: string): void {
  requireStage(machine, stage);
  const latest = latestIn(machine, stage);
  if (latest?.id !== id) {
    throw refused(
      "NotLatestPipelineExecutionException",
      `Pipeline execution ${id} is not the latest in stage ${stage}; that is ${latest?.id ?? "none"}`,
    );
  }
  const not = (why: string) =>
    refused("StageNotRetryableException", `Unable to retry stage ${stage}: ${why}`);
  // Whom an update finds in a stage, it cancels: one that has failed did so in the version in which it entered.
  // https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-retry.html
  if (latest.entered[stage]?.version !== machine.structure.version)
    throw not("the pipeline structure has changed since the stage failed");
  const runs = latest.runs.filter((run) => run.stage === stage && run.isCurrent);
  const hasFailed = runs.some(({ status }) => status === "Failed");
  if (latest.place === "inside") {
    if (!hasFailed || latest.stop !== undefined)
      throw not("it is in progress, and contains no failed actions");
    if (mode === "ALL_ACTIONS") throw not("actions are in progress");
    return;
  }
  const isOver = latest.stage === stage && (latest.status === "Failed" || latest.status === "Stopped");
  if (!isOver) throw not("it contains no failed actions");
}

/**
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
 *
 * @throws {AwsError} where a stage cannot be taken back to an execution
 */
export function refuseRollback(machine: Machine, stage: string, targetId: string): void {
  requireStage(machine, stage);
  const target = findExecution(machine, targetId);
  const not = (why: string) =>
    refused("UnableToRollbackStageException", `Unable to roll back stage ${stage}: ${why}`);
  if (machine.structure.stages[0]?.name === stage) throw not("a source stage cannot be rolled back");
  if (target.version !== machine.structure.version) {
    throw refused(
      "PipelineExecutionOutdatedException",
      `Pipeline execution ${targetId} was started in version ${target.version} of the pipeline, which is at ${machine.structure.version}`,
    );
  }
  if (target.rollbackTo !== undefined) throw not("the target is a rollback itself");
  if (target.entered[stage]?.status !== "Succeeded") throw not("the target has not succeeded in it");
  if (latestIn(machine, stage)?.place === "inside" && latestIn(machine, stage)?.stage === stage)
    throw not("it is running");
}
