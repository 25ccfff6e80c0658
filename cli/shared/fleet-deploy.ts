import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../fleet/project";
import type { FleetStack } from "../../fleet/stacks";
import { describeError } from "../../operations/aws/errors";
import { forgetProcesses, noteProcess, thisHost } from "../../operations/recovery/processes";
import { type RolloutResult, rollOut } from "../../operations/rollout/roll-out";
import { recordRun } from "../../operations/rollout/run-recorder";
import { scheduleOf } from "../../operations/rollout/schedule";
import { restoreFolder, stackActions } from "../../operations/rollout/stack-actions";
import type { RunRecord } from "../../operations/store/model";
import { newRunId, sourceRevision, whoRuns } from "../../operations/store/run-id";
import { trackStacks } from "../output/progress";
import type { PlannedFleet } from "./fleet-plan";
import { type FleetWork, say } from "./fleet-work";
import { aborted } from "./interrupts";

/** What is rolled out, besides what was planned. */
export interface RolloutOf {
  readonly command: RunRecord["command"];
  /** Stacks that an earlier run deployed and did not verify. */
  readonly unverified: ReadonlySet<string>;
  /** Of the sources of each stack. @default those that are here */
  readonly revisionOf?: (stack: FleetStack) => string | undefined;
  /** The run that this one goes on with. */
  readonly resumed?: RunRecord;
}

/** Rolls out what was reviewed, shows how far it is, and keeps the record of it. */
export async function rollOutReviewed(
  work: FleetWork,
  { plan, planning }: Pick<PlannedFleet, "plan" | "planning">,
  { command, resumed, revisionOf, unverified }: RolloutOf,
): Promise<{ readonly record: RunRecord; readonly result: RolloutResult }> {
  const { fleet, interrupts, session, store } = work;
  const isConcerned = ({ name }: FleetStack) =>
    plan.planned.has(name) || plan.failed.has(name) || unverified.has(name);
  const schedule = scheduleOf(fleet, isConcerned);
  const id = newRunId(new Date());
  const about = { by: whoRuns(), revision: await sourceRevision(projectRoot), run: id };
  const recorder = await recordRun(
    store,
    {
      ...{ id, command, fleet: fleet.name, by: about.by, revision: about.revision },
      ...{ arguments: process.argv.slice(2), started: new Date().toISOString(), host: thisHost() },
      ...(resumed && { resumes: resumed.id }),
    },
    schedule,
    (error) => say(`note: the record of this run cannot be kept: ${describeError(error)}`),
  );
  say(`This is the run ${id}.`);
  void aborted(interrupts.stop).then(() =>
    say("Finishing what has begun; nothing else will begin. Press Ctrl-C again to interrupt Terraform."),
  );
  const names = work.stacks.filter(isConcerned).map(({ name }) => name);
  const tracker = trackStacks(names, process.stderr);
  for (const { stack, toChange } of plan.planned.values()) tracker.update(stack.name, { toChange });
  const actions = stackActions({
    ...{ fleet, plan, store, session, about, revisionOf },
    planning: {
      ...planning,
      terraform: (stack, folder) => ({
        ...work.terraform(stack, folder),
        onStart: (pid) => noteProcess(projectRoot, id, stack.name, pid),
      }),
    },
    onCount: ({ name }, changed) => tracker.update(name, { changed }),
    onProblem: (what) => say(`note: ${what}`),
    ...interrupts,
  });
  try {
    const result = await rollOut({
      schedule,
      about: ({ name }) => ({
        failedPlan: plan.failed.get(name)?.why,
        readsNewOutputs: plan.planned.has(name) && plan.planned.get(name)?.file === undefined,
        onlyVerify: unverified.has(name),
      }),
      actions: { ...actions, pause: (seconds) => pause(seconds, interrupts.stop) },
      note: (stack, note) => {
        recorder.note(stack, note);
        tracker.update(stack.name, { state: note.state });
      },
      stop: interrupts.stop,
    });
    await recorder.end(result.outcome);
    forgetProcesses(projectRoot, id);
    return { record: recorder.record(), result };
  } finally {
    tracker.close();
    rmSync(restoreFolder(work.outdir, id), { recursive: true, force: true });
  }
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  say(`Waiting ${seconds} s before the next wave; Ctrl-C ends the rollout.`);
  await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
}
