import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import type { LeftFunction, RunRecord, RunStackState } from "../store/model";
import type { RolloutActions } from "./deploy-cell";
import { joined, type RolloutOptions, type RolloutResult, rollOut, withFailure } from "./roll-out";
import { type RunSubject, type Turn, turnsOf } from "./run-turns";
import { scheduleOf } from "./schedule";
import { rollOutLast, usedByCell, usersOf } from "./withdrawals";

/** A run, with what it has to know of all that it does not do itself. */
export interface Run extends RunSubject {
  /** Stacks of the fleet file that the command is about. */
  readonly selected: readonly FleetStack[];
  /** Names of all orphans that were found, whether this run takes them away or not. */
  readonly foundOrphans: ReadonlySet<string>;
  /** Functions at the edge that may be left once all is done. */
  readonly left: readonly LeftFunction[];
  /** Whether others are at work on the other stacks, in the same rollout. */
  readonly isPart: boolean;
}

/** Keeps viewers away from regions while these leave a cell. */
export interface LeavingRegions {
  /**
   * Drains what leaves a front, in the front as it is deployed. To be called right before the front is changed.
   *
   * @throws {UserError} the store cannot be written, or nobody would be left to answer
   */
  drain(front: FleetStack): Promise<void>;
  /** Takes back what this run drained in a front that could not be changed: it goes on as before. */
  undo(front: FleetStack): Promise<void>;
  /** Takes the marks back of what is gone, and those of this run of what has stayed. */
  finish(gone: ReadonlySet<string>): Promise<void>;
}

/** What is done in a run: {@link runInOrder} says when. */
export interface RunSteps extends Pick<RolloutOptions, "actions" | "note" | "onWave" | "stop" | "tally"> {
  /** What has become of a stack so far. */
  readonly stateOf: (stack: FleetStack) => RunStackState | undefined;
  /** Those of some stacks that are deployed, and not as the fleet file says. */
  readonly outdatedOf: (stacks: readonly FleetStack[]) => Promise<readonly FleetStack[]>;
  readonly regions: LeavingRegions;
  /**
   * Takes the run's orphans away.
   *
   * @param mayUse why functions may still use what an orphan holds; undefined where none do
   * @returns names of those that are gone
   */
  readonly takeAway: (mayUse: (orphan: FleetStack) => string | undefined) => Promise<ReadonlySet<string>>;
  /** Deletes functions at the edge, as far as that is possible by now; returns those that are still there. */
  readonly deleteLeft: (functions: readonly LeftFunction[]) => Promise<readonly LeftFunction[]>;
  /** Writes how the run ended, and what it left. */
  readonly end: (outcome: NonNullable<RunRecord["outcome"]>, left: readonly LeftFunction[]) => Promise<void>;
  /** How the run ended, given what others have done to its wave. */
  readonly judged: (result: RolloutResult) => Promise<RolloutResult>;
}

/**
 * Does a run, one part after the other. A part that fails, or is stopped, does not end the run: each of the later ones finds
 * out by itself what of it can still be done.
 */
export async function runInOrder(run: Run, steps: RunSteps): Promise<RolloutResult> {
  const { fleet, foundOrphans, orphans, plan, selected } = run;
  const { note, regions, stateOf } = steps;
  const turns = turnsOf(run);
  const stacks = fleetStacks(fleet);
  const concerned = stacks.filter(({ name }) => turns.has(name));
  const ofTurn = (turn: Turn) => concerned.filter(({ name }) => turns.get(name) === turn);
  const deploy = (isIn: (stack: FleetStack) => boolean) => deployThose(run, steps, isIn);
  const deployTurn = (turn: Turn) => deploy(({ name }) => turns.get(name) === turn);

  // Before anything changes: what uses data that goes, and that this run does not deploy, has to be as the fleet file says.
  const own = new Set(selected.map(({ name }) => name));
  const others = stacks.filter(({ name }) => !own.has(name));
  const outdated = await steps.outdatedOf(usersOf([...ofTurn("withdrawing"), ...orphans], others));

  // 1. All that waits for nothing: the foundation, then stage after stage. Fronts let go of what leaves them.
  let result = await deployTurn("first");

  // 2. Orphans, now that no front sends requests to them. One that was data stays while its cell may use it. After that, no
  //    region has to be kept from viewers any more.
  const gone = await steps.takeAway((orphan) => usedByCell(orphan, { concerned, outdated, stateOf }));
  await regions.finish(gone);

  // 3. The foundation, where it has waited for orphans. As long as one is there, it would shut out who has to destroy it.
  const still = orphans.filter(({ name }) => !gone.has(name));
  if (still.length === 0) result = joined(result, await deployTurn("held"));
  else {
    for (const stack of ofTurn("held")) note(stack, { state: "skipped", why: stillThere(still) });
    result = withFailure(result);
  }

  // 4. What takes data away: after the cells that used it, and after orphans, which work with a replica that goes.
  result = await rollOutLast({
    ...{ fleet, note, concerned, outdated, stateOf, before: result, planned: plan.planned },
    orphans: new Set([...foundOrphans].filter((name) => !gone.has(name))),
    rollOut: deploy,
  });

  // 5. What decides about deploys. Where anything is left to do, the next run may need what this would take from it.
  if (ofTurn("deciding").length > 0 && result.outcome === "succeeded") result = await deployTurn("deciding");
  else for (const stack of ofTurn("deciding")) note(stack, { state: "skipped", why: stillNeeded });

  // 6. Functions at the edge, which nothing needs once fronts and orphans have let go of them. Where others are at work on the
  //    other stacks, what these leave is handed on.
  const isOwn = ({ stack }: LeftFunction) => !run.isPart || own.has(stack);
  const kept = [
    ...(await steps.deleteLeft(run.left.filter(isOwn))),
    ...run.left.filter((each) => !isOwn(each)),
  ];

  // 7. The end of the record, and then the wave: once it is written, and others can see it, the last of them to end sees all.
  await steps.end(result.outcome, kept);
  const judged = await steps.judged(result);
  if (judged.outcome !== result.outcome) await steps.end(judged.outcome, kept);
  return judged;
}

const stillNeeded =
  "not all is done that comes before it, and what is left to do may need what it takes from the deploy roles";

function stillThere(left: readonly FleetStack[]): string {
  return `${left.map(({ name }) => name).join(", ")} ${left.length === 1 ? "is" : "are"} still there, and could not be taken away any more after it`;
}

/** Deploys some of the stacks of a run, in the order of stages and waves. */
function deployThose(
  { fleet, plan, unverified }: RunSubject,
  { actions, note, onWave, regions, stop, tally }: RunSteps,
  isIn: (stack: FleetStack) => boolean,
): Promise<RolloutResult> {
  return rollOut({
    ...{ note, onWave, stop, tally },
    schedule: scheduleOf(fleet, isIn),
    about: ({ name }) => ({
      failedPlan: plan.failed.get(name)?.why,
      readsNewOutputs: plan.planned.has(name) && plan.planned.get(name)?.file === undefined,
      onlyVerify: unverified.has(name),
    }),
    actions: { ...actions, apply: drainedFirst(actions.apply, regions) },
  });
}

/** Deploys a stack; a front only once what leaves it is drained. */
function drainedFirst(apply: RolloutActions["apply"], regions: LeavingRegions): RolloutActions["apply"] {
  return async (stack) => {
    if (stack.kind !== "front") return apply(stack);
    await regions.drain(stack);
    try {
      return await apply(stack);
    } catch (error) {
      await regions.undo(stack);
      throw error;
    }
  };
}
