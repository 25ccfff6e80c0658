import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../fleet/errors";
import { lastBuildLine, stopBuild } from "../../operations/aws/code-build";
import type {
  ActionExecution,
  PipelineApi,
  PipelineCaller,
  StageState,
} from "../../operations/aws/code-pipeline";
import { describeError, isRefusal, isUnreachable } from "../../operations/aws/errors";
import { signedRequest } from "../../operations/aws/signed-request";
import { printable } from "../output/drain-report";
import { type PipelineProgress, type PipelineView, progressOf } from "../output/pipeline-report";
import { askYesOrNo, ownTerminal, type Terminal } from "./approval";
import { say } from "./fleet-work";
import type { Interrupts } from "./interrupts";
import { sandboxAwsCommand } from "./sandbox-request";

/** How approvals are answered. @default a person is asked */
export interface ApprovalAnswers {
  /** Approves all. */
  readonly yes?: boolean;
  /** Rejects all. */
  readonly reject?: boolean;
}

/** An execution to follow. */
export interface Followed {
  readonly api: PipelineApi;
  readonly caller: PipelineCaller;
  /** The pipeline's name. */
  readonly pipeline: string;
  readonly id: string;
  readonly answers: ApprovalAnswers;
  readonly interrupts: Interrupts;
  readonly view: PipelineView;
  /** Who is asked. @default this process's own */
  readonly terminal?: Terminal;
  /** Milliseconds between two looks. @default 500 */
  readonly lookEvery?: number;
}

/** What StopPipelineExecution says of an execution that is over, is being stopped, or belongs to a pipeline that is busy. */
const notNow = [
  "PipelineExecutionNotStoppableException",
  "DuplicatedStopRequestException",
  "ConflictException",
];

/** What PutApprovalResult says where somebody else was quicker, or nobody is asked any more. */
const answeredAlready = ["InvalidApprovalTokenException", "ApprovalAlreadyCompletedException"];

/**
 * Calls in a row without an answer after which the sandbox is gone. Where builds take the machine, one alone may well take
 * longer than it is waited for; where nothing listens any more, all of them are over within seconds.
 */
const mostCalls = 10;

/**
 * Shows an execution until it is over, and answers its approvals. At the first Ctrl-C the execution is abandoned, and its
 * builds are stopped.
 *
 * @returns how it ended
 * @throws {UserError} it was left at the second Ctrl-C, before its end
 * @throws what a call has thrown that got no answer, nor did those after it
 */
export async function followExecution(followed: Followed): Promise<PipelineProgress> {
  const { answers, caller, id, lookEvery = 500, terminal = ownTerminal, view } = followed;
  const { hurry, stop } = followed.interrupts;
  const api = patient(followed, lookEvery);
  const answered = new Set<string>();
  let isAnnounced = false;
  let isAbandoned = false;
  for (;;) {
    const [execution, state, runs] = await Promise.all([api.execution(id), api.state(), api.actions(id)]);
    const progress = await withLastLines(progressOf(id, execution, state, runs), caller);
    view.show(progress);
    const { status } = execution;
    if (status !== "InProgress" && status !== "Stopping") {
      if (stop.aborted) await stopBuilds(caller, runs);
      return progress;
    }
    if (hurry.aborted) throw left(followed);
    if (stop.aborted && !isAbandoned) {
      if (!isAnnounced) {
        view.leave();
        say(`Stopping execution ${id}, and its builds.`);
      }
      isAnnounced = true;
      isAbandoned = await isDone(api.abandon(id, "stopped at the terminal"), notNow);
      if (isAbandoned) continue;
    }
    const approval = stop.aborted ? undefined : waitingApproval(id, state, runs, answered);
    if (approval) {
      view.leave();
      await answerApproval(api, caller, approval, answers, stop, terminal);
      if (!stop.aborted) answered.add(approval.token);
    }
    // Once it is to stop, that says no more: the second Ctrl-C ends the pause.
    await sleep(lookEvery, undefined, { signal: stop.aborted ? hurry : stop }).catch(() => {});
  }
}

/**
 * The calls that follow an execution, made again while nobody answers. Each may be: an approval or an end that AWS has taken
 * already is refused the second time, and the next look shows what became of it.
 */
function patient(
  followed: Followed,
  pause: number,
): Pick<PipelineApi, "abandon" | "actions" | "answer" | "execution" | "state"> {
  const { api, interrupts } = followed;
  const asked = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        if (interrupts.hurry.aborted) throw left(followed);
        if (attempt === mostCalls) throw error;
      }
      await sleep(pause, undefined, { signal: interrupts.hurry }).catch(() => {});
    }
  };
  return {
    abandon: (id, reason) => asked(() => api.abandon(id, reason)),
    actions: (id) => asked(() => api.actions(id)),
    answer: (answer) => asked(() => api.answer(answer)),
    execution: (id) => asked(() => api.execution(id)),
    state: () => asked(() => api.state()),
  };
}

/** Whether a call did what it was for, and AWS did not say that things are different by now: then the next look shows how. */
async function isDone(call: Promise<void>, different: readonly string[]): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isRefusal(error, ...different)) return false;
    throw error;
  }
}

/**
 * Stops the builds of abandoned actions. CodePipeline has only turned away from them: "the action provider continues any
 * tasks related to the action" (https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html).
 */
async function stopBuilds(caller: PipelineCaller, runs: readonly ActionExecution[]): Promise<void> {
  for (const { input, output, status } of runs) {
    const { BatchEnabled = "", ProjectName } = input?.resolvedConfiguration ?? {};
    const build = output?.executionResult?.externalExecutionId;
    if (status !== "Abandoned" || ProjectName === undefined || build === undefined) continue;
    try {
      await stopBuild(caller, build, BatchEnabled.toLowerCase() === "true");
    } catch (error) {
      say(`The build ${build} was not stopped: ${printable(describeError(error))}`);
    }
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
  api: Pick<PipelineApi, "answer">,
  caller: PipelineCaller,
  { actionName, stageName, text, token }: WaitingApproval,
  { reject, yes }: ApprovalAnswers,
  stop: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  if (!yes && !reject) await showPlan(caller, text);
  say(`\n${stageName} waits for an approval:`);
  const lines = text.split("\n").map(printable);
  for (const line of lines.filter((each) => each !== "")) say(`    ${line}`);
  const isApproved =
    yes || (!reject && (await askYesOrNo(`Approve ${stageName}? Answer yes or no: `, terminal, stop)));
  // Who presses Ctrl-C has not answered: the execution stops.
  if (stop.aborted) return;
  const status = isApproved ? "Approved" : "Rejected";
  const result = { status, summary: "at the terminal" } as const;
  const isTaken = await isDone(api.answer({ stageName, actionName, token, result }), answeredAlready);
  say(isTaken ? `${status}.\n` : "Somebody else has answered before, or nobody is asked any more.\n");
}

/** Prints what is approved of, where the approval names it: nobody can follow its link to AWS's console from a sandbox. */
async function showPlan(caller: PipelineCaller, text: string): Promise<void> {
  const [address, bucket, key] = /s3:\/\/([^/\s]+)\/(\S+)/.exec(text) ?? [];
  if (address === undefined) return;
  const plan = await signedRequest({ ...caller, service: "s3", path: `/${bucket}/${key}` }).catch(
    () => undefined,
  );
  if (plan?.status === 200)
    for (const line of plan.text.trim().split("\n")) say(line.replace(/[^\P{C}\t]+/gu, " "));
  else say(`    To read all of it: ${sandboxAwsCommand(caller, `s3 cp ${address} -`)}`);
}

function left({ caller, id, pipeline }: Followed): UserError {
  const look = sandboxAwsCommand(caller, `codepipeline get-pipeline-state --name ${pipeline}`);
  return new UserError(
    `execution ${id} was left before its end`,
    "CodePipeline has not stopped it yet, and its builds may go on",
    `stop the sandbox, which ends all of them, or look at it: ${look}`,
  );
}
