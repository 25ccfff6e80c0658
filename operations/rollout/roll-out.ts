import type { Rollout } from "../../fleet/model";
import { shareOf, toleranceOf } from "../../fleet/rollout";
import type { FleetStack } from "../../fleet/stacks";
import type { RunStackState } from "../store/model";
import { atOnce } from "../terraform/at-once";
import type { Schedule, ScheduledCell, ScheduledStage } from "./schedule";

/** What a rollout does with each stack. */
export interface RolloutActions {
  /**
   * Deploys what was reviewed.
   *
   * @returns id of the release
   * @throws {NotBegun} the rollout was stopped before its turn
   * @throws with the reason why it was not deployed
   */
  apply(stack: FleetStack): Promise<string>;
  /**
   * Asks what was deployed for its answer; undefined where it is right.
   *
   * @throws with the reason why it could not be asked
   */
  verify(stack: FleetStack, rollout: Rollout): Promise<WrongAnswer | undefined>;
  /**
   * Takes a stack back to the last release that answered.
   *
   * @returns id of the release that it has now
   * @throws with the reason why it was not taken back
   */
  rollBack(stack: FleetStack): Promise<string>;
  /** Waits; ends early where the rollout is stopped. */
  pause(seconds: number): Promise<void>;
}

const stopped = "it was stopped before its turn";

/** Thrown where nothing was done with a stack, because the rollout was stopped while it waited. */
export class NotBegun extends Error {
  constructor() {
    super(stopped);
    this.name = "NotBegun";
  }
}

/** What is wrong with what was deployed. */
export interface WrongAnswer {
  readonly why: string;
  /** Whether the release answered, and wrongly. Where nobody answers, or nobody is let in, an earlier one would not either. */
  readonly answered: boolean;
}

/** What is to be known of a stack before its turn. */
export interface RolloutStack {
  /** Why it could not be planned, e.g. because its region is down. */
  readonly failedPlan?: string;
  /** It reads outputs that other stacks have to make first. */
  readonly readsNewOutputs: boolean;
  /** Deployed already, and not verified: an earlier run ended before that. */
  readonly onlyVerify: boolean;
}

/** Options of {@link rollOut}. */
export interface RolloutOptions {
  readonly schedule: Schedule;
  readonly about: (stack: FleetStack) => RolloutStack;
  readonly actions: RolloutActions;
  /** Told what becomes of each stack, as soon as it does. */
  readonly note: (stack: FleetStack, change: StackNote) => void;
  /** When aborted, nothing further begins; what has begun is finished. */
  readonly stop?: AbortSignal;
}

/** What has become of a stack. */
export interface StackNote {
  readonly state: RunStackState | "verifying" | "rolling-back" | "removing";
  readonly why?: string;
  readonly release?: string;
}

/** How a rollout ended. */
export interface RolloutResult {
  readonly outcome: "succeeded" | "failed" | "stopped";
  /** Why it went no further, where it did not reach its end. */
  readonly halted?: string;
}

/** How the stacks of a cell went. */
interface CellResult {
  readonly failed: boolean;
  /** It was deployed, and did not answer as it should. */
  readonly unverified: boolean;
  /** The change itself failed; a region that is down says nothing about the change. */
  readonly broken: boolean;
  /** Something of it is deployed, and answers if it was asked. */
  readonly deployed: boolean;
}

const untouched: CellResult = { failed: false, unverified: false, broken: false, deployed: false };

/**
 * Deploys the stacks of a schedule: the foundation, then stage after stage, wave after wave, cell by cell. Whatever fails
 * stops what depends on it and counts against the tolerance of its wave; a wave in which more fails ends the rollout.
 */
export async function rollOut(options: RolloutOptions): Promise<RolloutResult> {
  const { note, schedule, stop } = options;
  const foundationFailed = await deployFoundation(options);
  let halted: string | undefined;
  let failed = foundationFailed;
  for (const stage of schedule.stages) {
    if (halted !== undefined || stop?.aborted) {
      skip(stage.waves.flat(), halted ?? stopped, note);
      continue;
    }
    const result = await deployStage(stage, options);
    failed ||= result.failed;
    halted = result.halted;
  }
  if (stop?.aborted) return { outcome: "stopped", halted };
  return { outcome: failed ? "failed" : "succeeded", halted };
}

function skip(cells: readonly ScheduledCell[], why: string, note: RolloutOptions["note"]): void {
  for (const { front, targets } of cells)
    for (const stack of [...targets.flat(), ...front]) note(stack, { state: "skipped", why });
}

async function deployFoundation({ about, actions, note, schedule, stop }: RolloutOptions): Promise<boolean> {
  const done = new Map<string, Promise<boolean>>();
  for (const stack of schedule.foundation) {
    const deploy = async () => {
      for (const name of stack.after) {
        if ((await done.get(name)) !== false) continue;
        note(stack, { state: "skipped", why: `${name}, which comes before it, is not deployed` });
        return false;
      }
      if (stop?.aborted) {
        note(stack, { state: "skipped", why: stopped });
        return false;
      }
      return (await deployStack(stack, about(stack), actions, note)) === "applied";
    };
    done.set(stack.name, deploy());
  }
  return (await Promise.all(done.values())).includes(false);
}

/** Applies a stack, unless that is done or cannot be. */
async function deployStack(
  stack: FleetStack,
  { failedPlan, onlyVerify }: RolloutStack,
  actions: RolloutActions,
  note: RolloutOptions["note"],
): Promise<"applied" | "unplanned" | "failed" | "stopped"> {
  if (failedPlan !== undefined) {
    note(stack, { state: "failed", why: failedPlan });
    return "unplanned";
  }
  if (onlyVerify) return "applied";
  note(stack, { state: "applying" });
  try {
    note(stack, { state: "applied", release: await actions.apply(stack) });
    return "applied";
  } catch (error) {
    const isStopped = error instanceof NotBegun;
    note(stack, { state: isStopped ? "skipped" : "failed", why: reason(error) });
    return isStopped ? "stopped" : "failed";
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function deployStage(
  { stage, waves }: ScheduledStage,
  options: RolloutOptions,
): Promise<{ readonly failed: boolean; readonly halted?: string }> {
  const { actions, note, stop } = options;
  const { bake, failureTolerance } = stage.rollout;
  let failed = false;
  let unverified = 0;
  let isBroken = false;
  let isDeployed = false;
  let baked = true;
  for (const [index, wave] of waves.entries()) {
    if (wave.length === 0) continue;
    if (!baked && bake > 0) await actions.pause(bake);
    if (stop?.aborted) {
      skip(waves.slice(index).flat(), stopped, note);
      return { failed };
    }
    const results = await deployWave(wave, stage.rollout, options);
    baked = false;
    const wrong = results.filter((result) => result.failed).length;
    failed ||= wrong > 0;
    unverified += results.filter((result) => result.unverified).length;
    isBroken ||= results.some((result) => result.broken);
    isDeployed ||= results.some((result) => result.deployed);
    const tolerated = toleranceOf(failureTolerance, wave.length);
    if (wrong <= tolerated) continue;
    const halted = `wave ${index + 1} of ${stage.name}: ${cells(wrong)} failed, and ${tolerated || "none"} may`;
    skip(waves.slice(index + 1).flat(), halted, note);
    return { failed, halted };
  }
  // What cannot be reached may be tolerated. What answers wrongly is a reason not to go on to the next stage, and so is a
  // change that came out nowhere.
  if (unverified > 0) {
    return {
      failed,
      halted: `${stage.name} is not verified: ${cells(unverified)} did not answer as they should`,
    };
  }
  return isBroken && !isDeployed
    ? { failed, halted: `${stage.name} is not verified: nothing of it could be deployed` }
    : { failed };
}

const cells = (number: number) => `${number} cell${number === 1 ? "" : "s"}`;

async function deployWave(
  wave: readonly ScheduledCell[],
  rollout: Rollout,
  options: RolloutOptions,
): Promise<readonly CellResult[]> {
  const tolerated = toleranceOf(rollout.failureTolerance, wave.length);
  const limit = atOnce(Math.max(1, shareOf(rollout.concurrency, wave.length)));
  let failed = 0;
  const deploy = async (cell: ScheduledCell): Promise<CellResult> => {
    if (options.stop?.aborted || failed > tolerated) {
      skip([cell], failed > tolerated ? "too many cells of its wave failed" : stopped, options.note);
      return untouched;
    }
    const result = await deployCell(cell, rollout, options);
    if (result.failed) failed++;
    return result;
  };
  return Promise.all(wave.map((cell) => limit(() => deploy(cell))));
}

async function deployCell(
  { front, targets }: ScheduledCell,
  rollout: Rollout,
  { about, actions, note, stop }: RolloutOptions,
): Promise<CellResult> {
  const undone = new Set<string>();
  let failed = false;
  let unverified = false;
  let broken = false;
  let deployed = false;
  let halted: string | undefined;

  /** Deploys one stack, verifies it, and takes it back if it does not answer. */
  const deploy = async (stack: FleetStack): Promise<void> => {
    const why = halted ?? (stop?.aborted ? stopped : waitsFor(stack, about(stack), undone));
    if (why !== undefined) {
      undone.add(stack.name);
      note(stack, { state: "skipped", why });
      return;
    }
    const result = await deployStack(stack, about(stack), actions, note);
    if (result !== "applied") {
      failed ||= result !== "stopped";
      undone.add(stack.name);
      if (result === "failed") {
        broken = true;
        halted ??= `${stack.name} failed`;
      }
      return;
    }
    if (!rollout.verify) {
      deployed = true;
      return;
    }
    note(stack, { state: "verifying" });
    const wrong = await actions
      .verify(stack, rollout)
      .catch((error: unknown): WrongAnswer => ({ why: reason(error), answered: false }));
    if (wrong === undefined) {
      deployed = true;
      note(stack, { state: "verified" });
      return;
    }
    undone.add(stack.name);
    failed = true;
    unverified = true;
    halted ??= `${stack.name} ${wrong.answered ? "did not answer as it should" : "could not be verified"}`;
    const { answered, why: what } = wrong;
    if (rollout.rollback === "manual" || !answered) {
      note(stack, { state: "failed", why: answered ? what : `it is deployed, and not verified: ${what}` });
      return;
    }
    note(stack, { state: "rolling-back", why: what });
    try {
      note(stack, { state: "rolled-back", why: what, release: await actions.rollBack(stack) });
    } catch (error) {
      note(stack, { state: "failed", why: `${what}; it was not taken back: ${reason(error)}` });
    }
  };

  for (const step of targets) await Promise.all(step.map(deploy));
  for (const stack of front) await deploy(stack);
  return { failed, unverified, broken, deployed };
}

/** What a stack cannot do without. */
function waitsFor(
  { after }: FleetStack,
  { readsNewOutputs }: RolloutStack,
  undone: ReadonlySet<string>,
): string | undefined {
  if (!readsNewOutputs) return undefined;
  const missing = after.find((name) => undone.has(name));
  return missing === undefined ? undefined : `${missing}, which it reads, is not deployed`;
}
