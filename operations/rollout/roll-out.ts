import type { Rollout } from "../../fleet/model";
import { shareOf, toleranceOf } from "../../fleet/rollout";
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

/** Options of {@link rollOut}. */
export interface RolloutOptions extends RolloutContext {
  readonly schedule: Schedule;
  /** Told when a wave begins that has something to do. */
  readonly onWave?: (wave: BegunWave) => void;
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
}

/** The result of two rollouts of one run, one after the other. */
export function joined(first: RolloutResult, second: RolloutResult): RolloutResult {
  const { outcome } = first.outcome === "succeeded" ? second : first;
  return { outcome, halted: first.halted ?? second.halted };
}

/** The result of a run in which not all was done that was asked for. */
export function withFailure(result: RolloutResult): RolloutResult {
  return result.outcome === "succeeded" ? { ...result, outcome: "failed" } : result;
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
    options.onWave?.({
      ...{ stage: stage.name, number: index + 1, of: waves.length },
      cells: wave.map(({ cell }) => cell.name),
    });
    const results = await deployWave(wave, stage.rollout, options);
    baked = false;
    const wrong = results.filter((result) => result.failed).length;
    failed ||= wrong > 0 || results.some((result) => result.unplannedData);
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
