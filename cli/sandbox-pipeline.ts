import { UserError } from "../fleet/errors";
import type { Pipeline } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { pipelineName, pipelineStages } from "../fleet/pipeline";
import { projectRoot } from "../fleet/project";
import { fleetStacks, foundationStacks } from "../fleet/stacks";
import { type PipelineApi, type PipelineCaller, pipelineApi } from "../operations/aws/code-pipeline";
import { describeError, isRefusal, isUnreachable } from "../operations/aws/errors";
import { printable } from "./output/drain-report";
import { printJson } from "./output/json";
import { type PipelineProgress, pipelineView } from "./output/pipeline-report";
import { requireSandbox, type SandboxOptions } from "./sandbox";
import { ownTerminal } from "./shared/approval";
import { deployedFleet } from "./shared/fleet";
import { say } from "./shared/fleet-work";
import { listenForInterrupts } from "./shared/interrupts";
import { type ApprovalAnswers, followExecution } from "./shared/pipeline-execution";
import { accountCredentials, sandboxAwsCommand } from "./shared/sandbox-request";
import { sandboxEndpoint } from "./shared/sandbox-session";
import { putWorkTree } from "./shared/work-tree";

/** Options of `meridian sandbox pipeline`. */
export interface SandboxPipelineOptions extends SandboxOptions, ApprovalAnswers {}

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
  const stages = await stagesOf(api, fleet, endpoint);
  requireAnswer(fleet, options);
  const interrupts = listenForInterrupts();
  const version = await putWorkTree(projectRoot, caller, source);
  const id = await api.start({ action: sourceOf(fleet, pipeline), id: version });
  say(`Execution ${id} of the pipeline ${name} has begun.`);
  const view = pipelineView(process.stderr);
  const followed = { api, caller, pipeline: name, id, interrupts, view, answers: options };
  const end = await followExecution(followed).catch((error: unknown) => {
    throw isUnreachable(error) ? lost(id, name, caller, error) : error;
  });
  report(end, stages.at(-1), options.json ?? false, { pipeline: name, source: { ...source, version } });
}

/** Name of the action that brings the sources. */
function sourceOf(fleet: Fleet, pipeline: Pipeline): string {
  const actions = pipelineStages(fleet, pipeline).flatMap((stage) => stage.actions);
  return actions.find(({ kind }) => kind === "source")?.name ?? "";
}

/** What docs/pipeline.md deploys for a rehearsal: the pipeline, and what makes its roles and lets them in. */
const rehearsed = [
  foundationStacks.organization,
  foundationStacks.accounts,
  foundationStacks.bootstrap,
  foundationStacks.state,
  foundationStacks.pipeline,
] as const;

/** @throws {UserError} the pipeline is not deployed */
async function stagesOf(api: PipelineApi, fleet: Fleet, endpoint: string): Promise<readonly string[]> {
  try {
    return await api.stages();
  } catch (error) {
    if (!isRefusal(error, "PipelineNotFoundException")) throw error;
    const stacks = rehearsed.filter((kind) => fleetStacks(fleet).some((stack) => stack.kind === kind));
    throw new UserError(
      `the pipeline ${pipelineName(fleet)} is not in the sandbox at ${endpoint}`,
      "an execution needs one that is deployed",
      `deploy it first: eval "$(npx meridian sandbox env)" && npx meridian deploy ${stacks.map((stack) => `--stack ${stack}`).join(" ")}`,
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

function lost(id: string, pipeline: string, caller: PipelineCaller, error: unknown): UserError {
  const aws = (call: string) => sandboxAwsCommand(caller, `codepipeline ${call}`);
  const answer = `put-approval-result --pipeline-name ${pipeline} --stage-name <stage> --action-name Approve --token <token> --result status=Approved,summary=read`;
  return new UserError(
    `the sandbox does not answer any more: ${describeError(error)}`,
    `what becomes of execution ${id} cannot be seen; while the sandbox runs it goes on, and waits for its approvals`,
    `if the sandbox still runs, look: ${aws(`get-pipeline-state --name ${pipeline}`)}; and answer an approval: ${aws(answer)}. If it has ended, it has forgotten everything: start it again, deploy to it, and run this command again`,
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
