import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../fleet/errors";
import type { Pipeline } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { pipelineName, pipelineStages } from "../fleet/pipeline";
import { projectRoot } from "../fleet/project";
import { foundationStacks } from "../fleet/stacks";
import {
  type ActionExecution,
  lastBuildLine,
  type PipelineApi,
  type PipelineCaller,
  pipelineApi,
  type StageState,
} from "../operations/aws/code-pipeline";
import { describeError, isRefusal, isUnreachable } from "../operations/aws/errors";
import { printable } from "./output/drain-report";
import { printJson } from "./output/json";
import { type PipelineProgress, pipelineView, progressOf } from "./output/pipeline-report";
import { requireSandbox, type SandboxOptions } from "./sandbox";
import { ask, ownTerminal, type Terminal } from "./shared/approval";
import { deployedFleet } from "./shared/fleet";
import { say } from "./shared/fleet-work";
import { listenForInterrupts } from "./shared/interrupts";
import { accountCredentials } from "./shared/sandbox-request";
import { sandboxEndpoint } from "./shared/sandbox-session";
import { putWorkTree } from "./shared/work-tree";

/** How approvals are answered. */
export interface SandboxPipelineOptions extends SandboxOptions {
  /** Approves all. */
  readonly yes?: boolean;
  /** Rejects all. */
  readonly reject?: boolean;
}

/** Milliseconds between two looks at an execution. */
const lookEvery = 500;

/**
 * `meridian sandbox pipeline`: hands the work tree to the pipeline in the sandbox, follows the execution, and asks for its
 * approvals. Exit status 0: it has come to its end.
 */
export async function sandboxPipeline(file: string, options: SandboxPipelineOptions): Promise<void> {
  const fleet = await deployedFleet(file);
  const { pipeline } = fleet;
  if (!pipeline) throw noPipeline(file);
  const { account, region, source } = pipeline;
  if (!("bucket" in source)) throw noBucket(file);
  await requireSandbox(options);
  const endpoint = sandboxEndpoint(options.port);
  const caller = { endpoint, region, credentials: accountCredentials(account.id) };
  const name = pipelineName(fleet);
  const api = pipelineApi(caller, name);
  const stages = await stagesOf(api, name, endpoint);
  requireAnswer(fleet, options);
  const interrupts = listenForInterrupts();
  const version = await putWorkTree(projectRoot, caller, source);
  const id = await api.start({ action: sourceOf(fleet, pipeline), id: version });
  say(`Execution ${id} of the pipeline ${name} has begun.`);
  const followed = { ...{ api, caller, id, options }, stop: interrupts.stop };
  const end = await follow(followed).catch((error: unknown) => {
    throw isUnreachable(error) ? lost(id, error) : error;
  });
  report(end, stages.at(-1), options.json ?? false, { pipeline: name, source: { ...source, version } });
}

/** Name of the action that brings the sources. */
function sourceOf(fleet: Fleet, pipeline: Pipeline): string {
  const actions = pipelineStages(fleet, pipeline).flatMap((stage) => stage.actions);
  return actions.find(({ kind }) => kind === "source")?.name ?? "";
}

/** @throws {UserError} the pipeline is not deployed */
async function stagesOf(api: PipelineApi, name: string, endpoint: string): Promise<readonly string[]> {
  try {
    return await api.stages();
  } catch (error) {
    if (!isRefusal(error, "PipelineNotFoundException")) throw error;
    throw new UserError(
      `the pipeline ${name} is not in the sandbox at ${endpoint}`,
      "an execution needs one that is deployed",
      `deploy it first: eval "$(npx meridian sandbox env)" && npx meridian deploy --stack ${foundationStacks.pipeline}`,
    );
  }
}

/** @throws {UserError} a stage waits for a person, and there is none */
function requireAnswer(fleet: Fleet, { reject, yes }: SandboxPipelineOptions): void {
  if (yes || reject || ownTerminal.input.isTTY || !fleet.pipeline) return;
  const waiting = pipelineStages(fleet, fleet.pipeline).filter(({ actions }) =>
    actions.some(({ kind }) => kind === "approval"),
  );
  if (waiting.length === 0) return;
  throw new UserError(
    `${waiting.map(({ name }) => name).join(", ")} waits for an approval, and there is no terminal to ask at`,
    "the execution would wait for a week",
    "add --yes, or --reject, or run this at a terminal",
  );
}

/** An execution to follow. */
interface Followed {
  readonly api: PipelineApi;
  readonly caller: PipelineCaller;
  readonly id: string;
  readonly options: SandboxPipelineOptions;
  readonly stop: AbortSignal;
}

/** Shows an execution until it is over, and answers its approvals. Once it is to stop, the execution is abandoned. */
async function follow({ api, caller, id, options, stop }: Followed): Promise<PipelineProgress> {
  const view = pipelineView(process.stderr);
  const answered = new Set<string>();
  for (let isStopped = false; ; ) {
    const [execution, state, runs] = await Promise.all([api.execution(id), api.state(), api.actions(id)]);
    const progress = await withLastLines(progressOf(id, execution, state, runs), caller);
    view.show(progress);
    const { status } = execution;
    if (status !== "InProgress" && status !== "Stopping") return progress;
    if (stop.aborted && !isStopped) {
      isStopped = true;
      view.leave();
      say(`Stopping execution ${id}: what runs is abandoned.`);
      await api.abandon(id, "stopped at the terminal");
      continue;
    }
    const approval = stop.aborted ? undefined : waitingApproval(id, state, runs, answered);
    if (approval) {
      view.leave();
      await answerApproval(api, approval, options, stop);
      if (!stop.aborted) answered.add(approval.token);
    }
    await sleep(lookEvery, undefined, { signal: stop }).catch(() => {});
  }
}

/** The picture with the last line of the logs of the builds that run, where somebody can see it. */
async function withLastLines(progress: PipelineProgress, caller: PipelineCaller): Promise<PipelineProgress> {
  if (!process.stderr.isTTY) return progress;
  const lines = new Map<string, string | undefined>();
  for (const { actions, name } of progress.stages) {
    for (const { name: action, project, started = 0, status } of actions) {
      if (status !== "InProgress" || project === undefined) continue;
      lines.set(`${name}/${action}`, await lastBuildLine(caller, project, started));
    }
  }
  return {
    ...progress,
    stages: progress.stages.map((stage) => ({
      ...stage,
      actions: stage.actions.map((action) => ({
        ...action,
        message: lines.get(`${stage.name}/${action.name}`) ?? action.message,
      })),
    })),
  };
}

/** An approval that an execution waits for. */
interface WaitingApproval {
  readonly stageName: string;
  readonly actionName: string;
  readonly token: string;
  /** What it asks, and where there is more. */
  readonly text: string;
}

function waitingApproval(
  id: string,
  state: readonly StageState[],
  runs: readonly ActionExecution[],
  answered: ReadonlySet<string>,
): WaitingApproval | undefined {
  for (const { actionStates, latestExecution, stageName } of state) {
    if (latestExecution?.pipelineExecutionId !== id) continue;
    for (const { actionName, latestExecution: run } of actionStates) {
      const { token } = run ?? {};
      if (token === undefined || answered.has(token)) continue;
      const about = runs.find((one) => one.stageName === stageName && one.actionName === actionName);
      const { CustomData = "", ExternalEntityLink = "" } = about?.input?.resolvedConfiguration ?? {};
      return { stageName, actionName, token, text: `${CustomData}\n${ExternalEntityLink}` };
    }
  }
  return undefined;
}

async function answerApproval(
  api: PipelineApi,
  { actionName, stageName, text, token }: WaitingApproval,
  { reject, yes }: SandboxPipelineOptions,
  stop: AbortSignal,
  terminal: Terminal = ownTerminal,
): Promise<void> {
  say(`\n${stageName} waits for an approval:`);
  const lines = text.split("\n").map(printable);
  for (const line of lines.filter((each) => each !== "")) say(`    ${line}`);
  const isApproved =
    yes ||
    (!reject &&
      (await ask(`Approve ${stageName}? Only "yes" does; all else rejects: `, terminal, stop)).trim() ===
        "yes");
  // Who presses Ctrl-C has not answered: the execution stops.
  if (stop.aborted) return;
  const status = isApproved ? "Approved" : "Rejected";
  await api.answer({ stageName, actionName, token, result: { status, summary: "at the terminal" } });
  say(`${status}.\n`);
}

/** Says how an execution ended. */
function report(
  { execution, stages, status, why }: PipelineProgress,
  lastStage: string | undefined,
  asJson: boolean,
  about: object,
): void {
  const actions = stages.flatMap((stage) =>
    stage.actions.map((action) => ({ ...action, stage: stage.name })),
  );
  const hasUpdatedItself =
    status === "Cancelled" &&
    actions.some(({ stage }) => stage === lastStage) &&
    actions.every((action) => action.stage !== lastStage || action.status === "Succeeded");
  const ok = status === "Succeeded" || hasUpdatedItself;
  if (asJson) printJson({ ok, ...about, execution, status, ...(why !== undefined && { why }), stages });
  if (!ok) process.exitCode = 1;
  if (hasUpdatedItself) {
    say(
      `The execution has done all that it had to, and has updated the pipeline: so it ends as ${status}, as on AWS.`,
    );
    return;
  }
  const failed = actions.find((action) => action.status === "Failed");
  const because = why === undefined ? "." : `: ${printable(why)}`;
  say(ok ? `Execution ${execution} has succeeded.` : `Execution ${execution} ended as ${status}${because}`);
  if (failed) {
    say(`${failed.stage}/${failed.name} failed: ${printable(failed.message ?? "")}`);
    if (failed.project !== undefined) say(`What it wrote: npx meridian sandbox logs ${failed.project}`);
  }
}

function lost(id: string, error: unknown): UserError {
  return new UserError(
    `the sandbox does not answer any more: ${describeError(error)}`,
    `what becomes of execution ${id} cannot be seen`,
    "start the sandbox again, deploy to it, and run this command again: it forgets everything when it ends",
  );
}

function noPipeline(file: string): UserError {
  return new UserError(
    `${file} has no pipeline`,
    "there is nothing to run",
    "add `pipeline` to it, with a bucket as its source: source: { bucket: …, key: fleet.zip }",
  );
}

function noBucket(file: string): UserError {
  return new UserError(
    `the pipeline of ${file} takes its sources from a repository`,
    "the sandbox has no GitHub, nor any other host of repositories",
    "rehearse it with a copy of the file that has a bucket: source: { bucket: …, key: fleet.zip }",
  );
}
