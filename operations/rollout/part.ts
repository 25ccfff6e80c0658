import { UserError } from "../../fleet/errors";
import type { Fleet, Stage } from "../../fleet/model";
import { shareOf, wavesOf } from "../../fleet/rollout";
import type { FleetStack } from "../../fleet/stacks";
import { count } from "../../fleet/wording";
import { dealCells, type Shard } from "./deal";
import { type ScheduledCell, scheduleOf } from "./schedule";

/** A wave that is deployed by itself, and perhaps only what of it is dealt to one of several builds. */
export interface WantedWave {
  /** Name. */
  readonly stage: string;
  /** From 1. */
  readonly wave: number;
  /** @default all of the wave */
  readonly shard?: Shard;
}

/** What one build does of a wave. */
export interface WavePart extends WantedWave {
  readonly rollout: Stage["rollout"];
  /** Whether the stage has no wave after it. */
  readonly isLast: boolean;
  /** Names of the cells of the whole wave that have something to do. */
  readonly cells: readonly string[];
  /** Names of the cells that are dealt to this build, those with nothing to do among them. */
  readonly own: ReadonlySet<string>;
  /** How many cells this build deploys at once: what the rollout allows is dealt, too. */
  readonly atOnce: number;
  /** Numbers of the shards that have something to do. */
  readonly busy: readonly number[];
}

/** Whether a fleet has a wave. */
export function hasWave(fleet: Fleet, { stage: name, wave }: Pick<WantedWave, "stage" | "wave">): boolean {
  const stage = fleet.stages.find((each) => each.name === name);
  const cells = fleet.cells.filter((cell) => cell.stage === name);
  return stage !== undefined && wave <= wavesOf(cells, stage.rollout).length;
}

/**
 * The stage of a wave, and its cells.
 *
 * @throws {UserError} there is no such stage, or no such wave of it
 */
export function waveOf(
  fleet: Fleet,
  { stage: name, wave }: Pick<WantedWave, "stage" | "wave">,
): { readonly stage: Stage; readonly cells: readonly string[]; readonly isLast: boolean } {
  const stage = fleet.stages.find((each) => each.name === name);
  const cells = fleet.cells.filter((cell) => cell.stage === name);
  const waves = stage ? wavesOf(cells, stage.rollout) : [];
  const found = waves[wave - 1];
  if (stage && found) {
    return { stage, cells: found.map((cell) => cell.name), isLast: wave === waves.length };
  }
  throw new UserError(
    `the stage ${name} has no wave ${wave}`,
    stage ? `it has ${count(waves.length, "wave")}` : "the fleet file has no such stage",
    "rollout.<stage>.waves of the fleet file says which waves there are; a pipeline has changed ones once it has updated itself",
  );
}

/**
 * Deals a wave. All builds, and all attempts with the same plan, deal alike, because nothing counts but what was planned:
 * not what has been deployed of it since. No more builds get something than cells may be deployed at once.
 *
 * @param isConcerned whether the plan has something for a stack
 * @throws {UserError} there is no such wave
 */
export function partOfWave(
  fleet: Fleet,
  wanted: WantedWave,
  isConcerned: (stack: FleetStack) => boolean,
): WavePart {
  const { shard = { number: 1, of: 1 }, stage: name, wave } = wanted;
  const { isLast, stage } = waveOf(fleet, wanted);
  const inWave = (isIn: (stack: FleetStack) => boolean): readonly ScheduledCell[] =>
    scheduleOf(fleet, isIn).stages.find((each) => each.stage.name === name)?.waves[wave - 1] ?? [];
  const cells = inWave(isConcerned);
  const names = new Set(cells.map(({ cell }) => cell.name));
  const others = inWave(() => true).filter(({ cell }) => !names.has(cell.name));
  const allowed = Math.max(1, shareOf(stage.rollout.concurrency, cells.length));
  const hands = Math.min(shard.of, allowed);
  const dealt = dealCells(cells, hands);
  const mine = [...(dealt[shard.number - 1] ?? []), ...(dealCells(others, hands)[shard.number - 1] ?? [])];
  return {
    ...{ ...wanted, rollout: stage.rollout, isLast, cells: [...names] },
    own: new Set(mine.map(({ cell }) => cell.name)),
    atOnce: Math.floor(allowed / hands) + (shard.number <= allowed % hands ? 1 : 0),
    busy: dealt.flatMap((hand, index) => (hand.length > 0 ? [index + 1] : [])),
  };
}
