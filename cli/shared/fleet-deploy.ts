import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../fleet/project";
import type { FleetStack } from "../../fleet/stacks";
import { describeError } from "../../operations/aws/errors";
import type { PlanFleetOptions } from "../../operations/plan/plan-fleet";
import type { PlannedStack } from "../../operations/plan/plan-stack";
import { ownBuild } from "../../operations/recovery/build-states";
import { forgetProcesses, noteProcess, thisHost } from "../../operations/recovery/processes";
import { removalActions } from "../../operations/removal/destroy";
import { type LeavingRegions, leavingRegions } from "../../operations/removal/leaving-regions";
import {
  deleteLeft,
  functionsToLeave,
  isWanted,
  type LosingStack,
} from "../../operations/removal/left-functions";
import { takeAway } from "../../operations/removal/take-away";
import { hasBegunIn } from "../../operations/rollout/attempts";
import type { StackNote } from "../../operations/rollout/deploy-cell";
import { liftProtection, type Unprotect } from "../../operations/rollout/lift-protection";
import { decidedLast } from "../../operations/rollout/narrowing";
import { outdatedOf } from "../../operations/rollout/outdated";
import { joined, type RolloutResult, rollOut, withFailure } from "../../operations/rollout/roll-out";
import { recordRun } from "../../operations/rollout/run-recorder";
import { scheduleOf } from "../../operations/rollout/schedule";
import { removeLeftRestores, restoreFolder, stackActions } from "../../operations/rollout/stack-actions";
import { comesLast, rollOutLast, usedByCell, usersOf } from "../../operations/rollout/withdrawals";
import type { LeftFunction, RunRecord, StackPlace } from "../../operations/store/model";
import { newRunId, whoRuns } from "../../operations/store/run-id";
import { waveLine } from "../output/deploy-report";
import { trackStacks } from "../output/progress";
import { sourcesRevision } from "./facts";
import { type PlannedFleet, type PlannedRemoval, removalPlanning } from "./fleet-plan";
import { type FleetWork, say } from "./fleet-work";
import { aborted } from "./interrupts";
import { inLeavingAccounts, placeholder } from "./removal";
import { openWave } from "./rollout-end";
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
  { picture, plan, planning, removal }: PlannedFleet,
  { command, resumed, revisionOf, rollout, unverified }: RolloutOf,
): Promise<{ readonly record: RunRecord; readonly result: RolloutResult }> {
  const { fleet, interrupts, session, store } = work;
  const isConcerned = ({ name }: FleetStack) =>
    plan.planned.has(name) || plan.failed.has(name) || unverified.has(name);
  const orphans = removal ? orphansOf(removal) : [];
  const isHeld = removal ? heldBack(work, removal) : () => false;
  const isLast = ({ name }: FleetStack) => comesLast(plan.planned.get(name));
  const decided = decidedLast({ planned: plan.planned.values(), removed: orphans });
  const isDecided = ({ name }: FleetStack) => decided.has(name);
  const started = new Date().toISOString();
  const id = newRunId(new Date(started));
  const about = { by: whoRuns(), revision: await sourcesRevision(), run: id };
  const left = await functionsToLeave(fleet, store, losing(plan.planned.values(), orphans));
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
  const noted: PlanFleetOptions = {
    ...planning,
    terraform: (stack, folder) => ({
      ...work.terraform(stack, folder),
      onStart: (pid) => noteProcess(projectRoot, id, stack.name, pid),
    }),
  };
  const onCount = ({ name }: FleetStack, changed: number) => tracker.update(name, { changed });
  const unprotect: Unprotect = (account, things) =>
    liftProtection({ fleet: fleet.name, session }, account, things);
  const actions = stackActions({
    ...{ fleet, plan, store, session, about, onCount, revisionOf, unprotect },
    planning: noted,
    onProblem: (what) => say(`note: ${what}`),
    ...(rollout && { hasBegun: hasBegunIn(rollout.attempts), onBegin: recorder.begin }),
    ...interrupts,
  });
  const concerned = work.stacks.filter(isConcerned);
  const unselected = work.stacks.filter((stack) => !work.selected.includes(stack));
  const outdated = await outdatedOf(usersOf([...concerned.filter(isLast), ...orphans], unselected), work);
  const stateOf = ({ name }: FleetStack) => recorder.record().stacks[name]?.state;
  const note = (stack: FleetStack, stackNote: StackNote) => {
    recorder.note(stack, stackNote);
    tracker.update(stack.name, { state: stackNote.state });
  };
  const regions = leavingRegions({
    ...{ fleet, store, session, run: id, say },
    orphans: removal?.orphans ?? [],
  });
  const rollOutThose = (isIn: (stack: FleetStack) => boolean) =>
    rollOut({
      schedule: scheduleOf(fleet, (stack) => isConcerned(stack) && isIn(stack)),
      about: ({ name }) => ({
        failedPlan: plan.failed.get(name)?.why,
        readsNewOutputs: plan.planned.has(name) && plan.planned.get(name)?.file === undefined,
        onlyVerify: unverified.has(name),
      }),
      actions: {
        ...actions,
        apply: (stack) => applyAround(stack, actions.apply, regions),
        pause: (seconds) => pause(seconds, interrupts.stop),
      },
      note,
      tally: wave?.tally,
      onWave: (begun) => tracker.print(waveLine(begun)),
      stop: interrupts.stop,
    });
  try {
    let result = await rollOutThose((stack) => !isHeld(stack) && !isLast(stack) && !isDecided(stack));
    let gone: ReadonlySet<string> = new Set();
    if (removal) {
      gone = await takeAway({
        ...{ orphans, note, parallelism: planning.parallelism, stop: interrupts.stop },
        failedPlan: ({ name }) => removal.plan.failed.get(name)?.why,
        actions: removalActions({
          ...{ orphans: removal.orphans, plan: removal.plan, store, onCount, unprotect },
          mayUse: (orphan) => usedByCell(orphan, { concerned, outdated, stateOf }),
          planning: removalPlanning(noted, removal),
          fronts: frontsBeside(work, removal),
        }),
      });
      await regions.finish(gone);
      const left = orphans.filter(({ name }) => !gone.has(name));
      const held = concerned.filter((stack) => isHeld(stack) && !isDecided(stack));
      const isOfHeld = ({ name }: FleetStack) => held.some((stack) => stack.name === name);
      if (left.length === 0) result = joined(result, await rollOutThose(isOfHeld));
      else for (const stack of held) note(stack, { state: "skipped", why: stillThere(left) });
      if (left.length > 0) result = withFailure(result);
    }
    result = await rollOutLast({
      ...{ fleet, note, concerned, outdated, stateOf, before: result, planned: plan.planned },
      orphans: new Set(picture.orphans.map(({ stack }) => stack).filter((name) => !gone.has(name))),
      rollOut: rollOutThose,
    });
    if (decided.size > 0 && result.outcome === "succeeded") result = await rollOutThose(isDecided);
    else for (const stack of concerned.filter(isDecided)) note(stack, { state: "skipped", why: stillNeeded });
    // Others are at work on the other stacks of a rollout: what these leave is handed on.
    const isOwn = ({ stack }: LeftFunction) => !rollout || work.selected.some(({ name }) => name === stack);
    const still = await deleteLeft({ fleet, store, session, say }, left.filter(isOwn));
    const kept = [...still, ...left.filter((each) => !isOwn(each))];
    await recorder.end(result.outcome, kept);
    // Once that is written, and others can see it: the last of them to end sees all.
    const judged = wave ? await wave.judged(result) : result;
    if (judged.outcome !== result.outcome) await recorder.end(judged.outcome, kept);
    forgetProcesses(projectRoot, id);
    return { record: recorder.record(), result: judged };
  } finally {
    tracker.close();
    rmSync(restoreFolder(work.outdir, id), { recursive: true, force: true });
  }
}

/** Deploys a stack; a front only once what leaves it is drained. */
async function applyAround(
  stack: FleetStack,
  apply: (stack: FleetStack) => Promise<string>,
  regions: LeavingRegions,
): Promise<string> {
  if (stack.kind !== "front") return apply(stack);
  await regions.drain(stack);
  try {
    return await apply(stack);
  } catch (error) {
    await regions.undo(stack);
    throw error;
  }
}

/** Stacks that a run takes a function from, or gives one: orphans, and fronts whose plan says so. */
function losing(planned: Iterable<PlannedStack>, orphans: readonly FleetStack[]): readonly LosingStack[] {
  const fronts = [...planned].flatMap(({ actions, stack }) =>
    stack.kind === "front" &&
    [...actions.keys()].some((address) => address.startsWith("aws_lambda_function."))
      ? [stack]
      : [],
  );
  return [...fronts, ...orphans].map(({ account, cell, name }) => ({ stack: name, account, cell }));
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

/** The orphans that a run is about, whatever their plans came to. */
function orphansOf({ orphans, unusable }: PlannedRemoval): readonly FleetStack[] {
  return [...orphans.map(({ stack }) => stack), ...unusable.map(({ orphan }) => placeholder(orphan))];
}

/**
 * The foundation waits for orphans in accounts that leave the fleet: once it is deployed, the roles that destroy them may
 * be gone, or shut out of the state.
 */
function heldBack(work: FleetWork, { orphans, unusable }: PlannedRemoval): (stack: FleetStack) => boolean {
  const concerned = [...orphans, ...unusable].map(({ orphan }) => orphan);
  const isLeaving = inLeavingAccounts(work, concerned).length > 0;
  return ({ cell }) => isLeaving && cell === undefined;
}

/** All that may have a distribution, but for what is taken away. */
function frontsBeside({ stacks }: FleetWork, { found, orphans }: PlannedRemoval): readonly StackPlace[] {
  const goes = new Set(orphans.map(({ stack }) => stack.name));
  const fronts = stacks.filter(({ kind }) => kind === "front");
  return [
    ...fronts.map(({ account, name }) => ({ stack: name, account })),
    ...found.orphans.filter(({ stack }) => !goes.has(stack)),
  ];
}

const stillNeeded =
  "not all is done that comes before it, and what is left to do may need what it takes from the deploy roles";

function stillThere(left: readonly FleetStack[]): string {
  return `${left.map(({ name }) => name).join(", ")} ${left.length === 1 ? "is" : "are"} still there, and could not be taken away any more after it`;
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
