import type { Rollout } from "../../fleet/model";
import { shareOf } from "../../fleet/rollout";
import { describeError } from "../aws/errors";
import type { FailedCell, FleetStore, RolloutWave } from "../store/model";
import type { CellResult } from "./deploy-cell";

/** Counts the cells of a wave that fail. */
export interface Tally {
  /** Cells of the whole wave that have something to do: how many may fail is a share of them. */
  readonly cells: number;
  /** How many of them are deployed here at once. */
  readonly atOnce: number;
  /**
   * How many have failed so far.
   *
   * @throws it cannot be told
   */
  failed(): Promise<number>;
  /** Counts a cell that has failed. Never throws. */
  add(cell: string, result: CellResult): Promise<void>;
}

/** Of a wave that one run deploys. */
export function tallyOfRun(cells: number, { concurrency }: Pick<Rollout, "concurrency">): Tally {
  const failed = new Set<string>();
  return {
    cells,
    atOnce: Math.max(1, shareOf(concurrency, cells)),
    failed: async () => failed.size,
    add: async (cell) => void failed.add(cell),
  };
}

/** What {@link tallyOfBuilds} counts, and where. */
export interface BuildsTallyOptions extends Pick<Tally, "cells" | "atOnce"> {
  readonly store: Pick<FleetStore, "failedCells" | "failure" | "noteFailure">;
  readonly wave: RolloutWave;
  /** Id of this run. */
  readonly run: string;
  /** When the attempt at the wave began that this run belongs to: ISO 8601. See `attemptBegan`. */
  readonly since: string;
  /** Told that others will not know of a cell that failed. */
  readonly onProblem: (what: string) => void;
  /** ISO 8601. @default the time */
  readonly now?: () => string;
}

/**
 * Of a wave that several builds deploy, each of which notes the cells that fail where all of them look before they begin
 * another one. What an earlier attempt has noted says nothing: its build runs again, and each cell gets its chance.
 */
export function tallyOfBuilds(
  options: BuildsTallyOptions,
): Tally & { failures(): Promise<readonly FailedCell[]> } {
  const { now = () => new Date().toISOString(), onProblem, run, since, store, wave } = options;
  const known = new Map<string, FailedCell>();
  const own = new Map<string, FailedCell>();
  const failures = async (): Promise<readonly FailedCell[]> => {
    const names = await store.failedCells(wave);
    for (const name of names) {
      if (known.has(name)) continue;
      const failure = await store.failure(wave, name);
      if (failure && failure.at >= since) known.set(name, failure);
    }
    const noted = names.flatMap((name) => known.get(name) ?? []);
    return [...new Map([...noted, ...own.values()].map((each) => [each.cell, each])).values()];
  };
  return {
    cells: options.cells,
    atOnce: options.atOnce,
    failures,
    failed: async () => (await failures()).length,
    async add(cell, { broken, unverified }) {
      const failure = { ...{ cell, run, broken, unverified }, at: now() };
      own.set(cell, failure);
      try {
        await store.noteFailure(wave, failure);
      } catch (error) {
        onProblem(`the other builds of the wave do not know that ${cell} failed: ${describeError(error)}`);
      }
    },
  };
}
