import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../fleet/project";
import type { FleetStack } from "../../fleet/stacks";
import { describeError } from "../../operations/aws/errors";
import type { PlanFleetOptions } from "../../operations/plan/plan-fleet";
import { ownBuild } from "../../operations/recovery/build-states";
import { forgetProcesses, noteProcess, thisHost } from "../../operations/recovery/processes";
import { frontsBeside } from "../../operations/removal/deployed-fronts";
import { removalActions } from "../../operations/removal/destroy";
import { leavingRegions } from "../../operations/removal/leaving-regions";
import {
  deleteLeft,
  functionsToLeave,
  isWanted,
  losingStacks,
} from "../../operations/removal/left-functions";
import { inLeavingAccounts, stacksOfOrphans } from "../../operations/removal/orphan-stacks";
import { takeAway } from "../../operations/removal/take-away";
import { hasBegunIn } from "../../operations/rollout/attempts";
import { liftProtection, type Unprotect } from "../../operations/rollout/lift-protection";
import { outdatedOf } from "../../operations/rollout/outdated";
import type { RolloutResult } from "../../operations/rollout/roll-out";
import { type RunSteps, runInOrder } from "../../operations/rollout/run-order";
import { type RunRecorder, recordRun } from "../../operations/rollout/run-recorder";
import { type RunSubject, turnsOf } from "../../operations/rollout/run-turns";
import { scheduleOf } from "../../operations/rollout/schedule";
import { removeLeftRestores, restoreFolder, stackActions } from "../../operations/rollout/stack-actions";
import type { LeftFunction, RunRecord } from "../../operations/store/model";
import { newRunId, whoRuns } from "../../operations/store/run-id";
import { waveLine } from "../output/deploy-report";
import { type StackTracker, trackStacks } from "../output/progress";
import { sourcesRevision } from "./facts";
import { type PlannedFleet, removalPlanning } from "./fleet-plan";
import { type FleetWork, say } from "./fleet-work";
import { aborted } from "./interrupts";
import { type OpenWave, openWave } from "./rollout-end";
import type { OpenRollout } from "./rollout-part";

/** What is rolled out, besides what was planned. */
export interface RolloutOf {
  readonly command: RunRecord["command"];
  /** Stacks that an earlier run deployed and did not verify. */
  readonly unverified: ReadonlySet<string>;
  /** Of the sources of each stack. @default those that are here */
  readonly revisionOf?: (stack: FleetStack) => string | undefined;
  /** The run that this one goes on with. */
  readonly resumed?: RunRecord;
  /** @default the run is all of its rollout */
  readonly rollout?: OpenRollout;
}

/** Rolls out what was reviewed, shows how far it is, and keeps the record of it. */
export async function rollOutReviewed(
  work: FleetWork,
  reviewed: PlannedFleet,
  of: RolloutOf,
): Promise<{ readonly record: RunRecord; readonly result: RolloutResult }> {
  const { fleet, interrupts, session, store } = work;
  const { picture, plan, removal } = reviewed;
  const { command, resumed, rollout, unverified } = of;
  const orphans = removal ? stacksOfOrphans(removal) : [];
  const accountsLeave = inLeavingAccounts(work, orphans).length > 0;
  const subject: RunSubject = { fleet, plan, unverified, orphans, accountsLeave };
  const turns = turnsOf(subject);
  const isConcerned = ({ name }: FleetStack) => turns.has(name);
  const started = new Date().toISOString();
  const id = newRunId(new Date(started));
  const about = { by: whoRuns(), revision: await sourcesRevision(), run: id };
  const left = await functionsToLeave(fleet, store, losingStacks(plan.planned.values(), orphans));
  const recorder = await recordRun(
    store,
    {
      ...{ id, command, fleet: fleet.name, by: about.by, revision: about.revision },
      ...{ arguments: argumentsOf(command), started, host: thisHost() },
      ...{ build: ownBuild(session.environment), rollout: rollout?.part },
      ...(resumed && { resumes: resumed.id }),
      ...(left.length > 0 && { left }),
    },
    scheduleOf(fleet, isConcerned),
    orphans,
    (error) => say(`note: the record of this run cannot be kept: ${describeError(error)}`),
  );
  say(`This is the run ${id}.`);
  const wave = rollout && openWave(work, rollout, { run: id, started });
  await removeLeftRestores(work.outdir, store).catch((error) =>
    say(`note: what a killed run restored is still there: ${describeError(error)}`),
  );
  void aborted(interrupts.stop).then(() =>
    say("Finishing what has begun; nothing else will begin. Press Ctrl-C again to interrupt Terraform."),
  );
  const names = [...work.stacks.filter(isConcerned), ...orphans].map(({ name }) => name);
  const tracker = trackStacks(names, process.stderr);
  for (const { stack, toChange } of [...plan.planned.values(), ...(removal?.plan.planned.values() ?? [])])
    tracker.update(stack.name, { toChange });
  try {
    const result = await runInOrder(
      {
        ...{ ...subject, left, selected: work.selected, isPart: rollout !== undefined },
        foundOrphans: new Set(picture.orphans.map(({ stack }) => stack)),
      },
      stepsOf(work, reviewed, of, { about, orphans, recorder, tracker, wave }),
    );
    forgetProcesses(projectRoot, id);
    return { record: recorder.record(), result };
  } finally {
    tracker.close();
    rmSync(restoreFolder(work.outdir, id), { recursive: true, force: true });
  }
}

/** A run that has begun: what it is called, and who is told how far it is. */
interface OpenRun {
  /** What is written into its releases. */
  readonly about: { readonly by: string; readonly revision?: string; readonly run: string };
  readonly orphans: readonly FleetStack[];
  readonly recorder: RunRecorder;
  readonly tracker: StackTracker;
  readonly wave?: OpenWave;
}

/** Each step of a run with Terraform and AWS: shown, and noted in its record. */
function stepsOf(
  work: FleetWork,
  { plan, planning, removal }: PlannedFleet,
  { revisionOf, rollout }: RolloutOf,
  { about, orphans, recorder, tracker, wave }: OpenRun,
): RunSteps {
  const { fleet, interrupts, session, stacks, store } = work;
  const noted: PlanFleetOptions = {
    ...planning,
    terraform: (stack, folder) => ({
      ...work.terraform(stack, folder),
      onStart: (pid) => noteProcess(projectRoot, about.run, stack.name, pid),
    }),
  };
  const onCount = ({ name }: FleetStack, changed: number) => tracker.update(name, { changed });
  const unprotect: Unprotect = (account, things) =>
    liftProtection({ fleet: fleet.name, session }, account, things);
  const note: RunSteps["note"] = (stack, stackNote) => {
    recorder.note(stack, stackNote);
    tracker.update(stack.name, { state: stackNote.state });
  };
  const actions = stackActions({
    ...{ fleet, plan, store, session, about, onCount, revisionOf, unprotect },
    planning: noted,
    onProblem: (what) => say(`note: ${what}`),
    ...(rollout && { hasBegun: hasBegunIn(rollout.attempts), onBegin: recorder.begin }),
    ...interrupts,
  });
  return {
    ...{ note, stop: interrupts.stop, tally: wave?.tally },
    actions: { ...actions, pause: (seconds) => pause(seconds, interrupts.stop) },
    onWave: (begun) => tracker.print(waveLine(begun)),
    stateOf: ({ name }) => recorder.record().stacks[name]?.state,
    outdatedOf: (some) => outdatedOf(some, work),
    regions: leavingRegions({
      ...{ fleet, store, session, run: about.run, say },
      orphans: removal?.orphans ?? [],
    }),
    takeAway: async (mayUse) => {
      if (!removal) return new Set();
      const taken = removal.orphans.map(({ stack }) => stack);
      return takeAway({
        ...{ orphans, note, parallelism: planning.parallelism, stop: interrupts.stop },
        failedPlan: ({ name }) => removal.plan.failed.get(name)?.why,
        actions: removalActions({
          ...{ orphans: removal.orphans, plan: removal.plan, store, mayUse, onCount, unprotect },
          planning: removalPlanning(noted, removal),
          fronts: frontsBeside(stacks, removal.found.orphans, taken),
        }),
      });
    },
    deleteLeft: (functions) => deleteLeft({ fleet, store, session, say }, functions),
    end: recorder.end,
    judged: async (result) => (wave ? wave.judged(result) : result),
  };
}

/** Deletes what earlier runs of the selected stacks left, when nothing is to be deployed. Asks before. */
export async function deleteLeftOnly(
  { fleet, selected, session, stacks, store }: FleetWork,
  ask: (functions: number) => Promise<void>,
): Promise<void> {
  // Only where all of the fleet is meant, stacks are as well that it does not have any more.
  const isMeant = ({ stack }: LeftFunction) =>
    selected.length === stacks.length || selected.some(({ name }) => name === stack);
  const all = await functionsToLeave(fleet, store, []);
  const left = all.filter((each) => isMeant(each) && !isWanted(fleet, each));
  if (left.length === 0) return;
  await ask(left.length);
  await deleteLeft({ fleet, store, session, say }, left);
}

/** What the command line says beside the command itself. */
function argumentsOf(command: string): readonly string[] {
  const words = process.argv.slice(2);
  const at = words.indexOf(command);
  return words.filter((_, index) => index !== at);
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  say(`Waiting ${seconds} s before the next wave; Ctrl-C ends the rollout.`);
  await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
}
