import type { Rollout } from "../../fleet/model";
import { toleranceOf } from "../../fleet/rollout";
import { describeError } from "../aws/errors";
import { atOnce } from "../terraform/at-once";
import {
  type CellResult,
  deployCell,
  deployStack,
  type RolloutContext,
  stopped,
  untouched,
} from "./deploy-cell";
import { type Schedule, type ScheduledCell, type ScheduledStage, stacksOf } from "./schedule";
import { type Tally, tallyOfRun } from "./tally";

/** Options of {@link rollOut}. */
export interface RolloutOptions extends RolloutContext {
  readonly schedule: Schedule;
  /** Told when a wave begins that has something to do. */
  readonly onWave?: (wave: BegunWave) => void;
  /**
   * Where the schedule is a part of one wave, and others deploy the rest: counts for all of them. Whether the stage has come
   * out is then for whoever sees the end of it: see `judgeWave`.
   *
   * @default each wave is deployed here as a whole
   */
  readonly tally?: Tally;
}

/** A wave that begins. */
export interface BegunWave {
  readonly stage: string;
  /** From 1. */
  readonly number: number;
  /** Waves of the stage. */
  readonly of: number;
  /** Names of its cells that have something to do. */
  readonly cells: readonly string[];
}

/** How a rollout ended. */
export interface RolloutResult {
  readonly outcome: "succeeded" | "failed" | "stopped";
  /** Why it went no further, where it did not reach its end. */
  readonly halted?: string;
  /** Of a part of a wave: cells failed, and no more of them than may; or only data could not be planned. */
  readonly tolerated?: true;
  /** Where that is tolerated: names of the cells whose data could not be planned, and is as it was. */
  readonly dataLeft?: readonly string[];
}

/** The result of two rollouts of one run, one after the other. */
export function joined(first: RolloutResult, second: RolloutResult): RolloutResult {
  const { outcome } = first.outcome === "succeeded" ? second : first;
  const wrong = [first, second].filter((result) => result.outcome !== "succeeded");
  const isTolerated = wrong.length > 0 && wrong.every(({ tolerated }) => tolerated);
  const dataLeft = [first, second].flatMap((result) => result.dataLeft ?? []);
  return {
    ...{ outcome, halted: first.halted ?? second.halted },
    ...(isTolerated && { tolerated: true, ...(dataLeft.length > 0 && { dataLeft }) }),
  };
}

/** The result of a run in which not all was done that was asked for. */
export function withFailure({ halted, outcome }: RolloutResult): RolloutResult {
  return { outcome: outcome === "succeeded" ? "failed" : outcome, halted };
}

/**
 * Deploys the stacks of a schedule: the foundation, then stage after stage, wave after wave, cell by cell. Whatever fails
 * stops what depends on it and counts against the tolerance of its wave; a wave in which more fails ends the rollout.
 */
export async function rollOut(options: RolloutOptions): Promise<RolloutResult> {
  const { note, schedule, stop } = options;
  const foundationFailed = await deployFoundation(options);
  let halted: string | undefined;
  let failed = foundationFailed;
  const dataLeft: string[] = [];
  for (const stage of schedule.stages) {
    if (halted !== undefined || stop?.aborted) {
      skip(stage.waves.flat(), halted ?? stopped, note);
      continue;
    }
    const result = await deployStage(stage, options);
    failed ||= result.failed;
    halted = result.halted;
    dataLeft.push(...(result.dataLeft ?? []));
  }
  if (stop?.aborted) return { outcome: "stopped", halted };
  const isTolerated = options.tally !== undefined && failed && !foundationFailed && halted === undefined;
  return {
    ...{ outcome: failed ? "failed" : "succeeded", halted },
    ...(isTolerated && { tolerated: true, ...(dataLeft.length > 0 && { dataLeft }) }),
  };
}

function skip(cells: readonly ScheduledCell[], why: string, note: RolloutOptions["note"]): void {
  for (const stack of cells.flatMap(stacksOf)) note(stack, { state: "skipped", why });
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

async function deployStage(
  { stage, waves }: ScheduledStage,
  options: RolloutOptions,
): Promise<Pick<RolloutResult, "dataLeft" | "halted"> & { readonly failed: boolean }> {
  const { actions, note, stop } = options;
  const { bake, failureTolerance } = stage.rollout;
  let failed = false;
  let unverified = 0;
  let isBroken = false;
  let isDeployed = false;
  let baked = true;
  const dataLeft: string[] = [];
  for (const [index, wave] of waves.entries()) {
    if (wave.length === 0) continue;
    const tally = options.tally ?? tallyOfRun(wave.length, stage.rollout);
    const tolerated = toleranceOf(failureTolerance, tally.cells);
    if (!baked && bake > 0) await actions.pause(bake);
    if (stop?.aborted) {
      skip(waves.slice(index).flat(), stopped, note);
      return { failed };
    }
    options.onWave?.({
      ...{ stage: stage.name, number: index + 1, of: waves.length },
      cells: wave.map(({ cell }) => cell.name),
    });
    const { results, unknown } = await deployWave(wave, stage.rollout, tally, options);
    baked = false;
    failed ||= results.some((result) => result.failed || result.unplannedData);
    dataLeft.push(...wave.flatMap(({ cell }, at) => (results[at]?.unplannedData ? [cell.name] : [])));
    unverified += results.filter((result) => result.unverified).length;
    isBroken ||= results.some((result) => result.broken);
    isDeployed ||= results.some((result) => result.deployed);
    const halted = unknown ?? (await tooManyFailed(tally, tolerated, { stage: stage.name, wave: index + 1 }));
    if (halted === undefined) continue;
    skip(waves.slice(index + 1).flat(), halted, note);
    return { failed: true, halted };
  }
  if (options.tally) return { failed, dataLeft };
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

/**
 * Why a wave goes no further; undefined where no more of its cells have failed than may.
 *
 * @param tolerated how many may
 */
export async function tooManyFailed(
  tally: Pick<Tally, "failed">,
  tolerated: number,
  { stage, wave }: { readonly stage: string; readonly wave: number },
): Promise<string | undefined> {
  try {
    const wrong = await tally.failed();
    if (wrong <= tolerated) return undefined;
    return `wave ${wave} of ${stage}: ${cells(wrong)} failed, and ${tolerated || "none"} may`;
  } catch (error) {
    return unknownFailures(error);
  }
}

function unknownFailures(error: unknown): string {
  return `it cannot be told how many cells of its wave have failed: ${describeError(error)}`;
}

/** For messages: `2 cells`. */
export const cells = (number: number) => `${number} cell${number === 1 ? "" : "s"}`;

/** @returns also why it could not be told how many cells have failed, where it could not */
async function deployWave(
  wave: readonly ScheduledCell[],
  rollout: Rollout,
  tally: Tally,
  options: RolloutOptions,
): Promise<{ readonly results: readonly CellResult[]; readonly unknown?: string }> {
  const tolerated = toleranceOf(rollout.failureTolerance, tally.cells);
  const limit = atOnce(tally.atOnce);
  let unknown: string | undefined;
  const whyNot = async (): Promise<string | undefined> => {
    try {
      if ((await tally.failed()) > tolerated) return "too many cells of its wave failed";
    } catch (error) {
      // Nothing begins that might be one too many.
      unknown ??= unknownFailures(error);
    }
    return unknown ?? (options.stop?.aborted ? stopped : undefined);
  };
  const deploy = async (cell: ScheduledCell): Promise<CellResult> => {
    const why = await whyNot();
    if (why !== undefined) {
      skip([cell], why, options.note);
      return untouched;
    }
    const result = await deployCell(cell, rollout, options);
    if (result.failed) await tally.add(cell.cell.name, result);
    return result;
  };
  const results = await Promise.all(wave.map((cell) => limit(() => deploy(cell))));
  return { results, unknown };
}
