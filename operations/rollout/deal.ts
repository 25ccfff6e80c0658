import type { StackKind } from "../../fleet/stacks";
import type { ScheduledCell } from "./schedule";

/** A share of a wave: which of how many. */
export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/** Seconds that the deploy of one stack takes, by its kind. Only their proportions matter to how cells are dealt. */
export type StackSeconds = Readonly<Partial<Record<StackKind, number>>>;

/**
 * What a changed stack takes, about: a change of a distribution is spread for minutes, the rest is Terraform's own time.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowToUpdateDistribution.html
 */
export const usualSeconds = {
  data: 60,
  target: 30,
  "front-logs": 60,
  front: 240,
} as const satisfies StackSeconds;

/**
 * Seconds that a cell takes: its steps one after the other, what is in one step at once.
 *
 * @param times @default {@link usualSeconds}
 */
export function cellSeconds(
  { data, front, targets }: ScheduledCell,
  times: StackSeconds = usualSeconds,
): number {
  const longest = (step: ScheduledCell["front"]) => Math.max(0, ...step.map(({ kind }) => times[kind] ?? 0));
  const sum = (steps: readonly ScheduledCell["front"][]) =>
    steps.reduce((total, step) => total + longest(step), 0);
  return sum(data) + sum(targets) + sum(front.map((stack) => [stack]));
}

/**
 * Deals the cells of a wave to builds, so that all take about the same time: the longest first, each to the build that has
 * least to do. A cell stays together, for its front comes after its targets. The same cells are always dealt alike,
 * whatever their order.
 *
 * @param shards how many builds; some of them may have nothing to do
 * @param times @default {@link usualSeconds}
 */
export function dealCells(
  cells: readonly ScheduledCell[],
  shards: number,
  times: StackSeconds = usualSeconds,
): readonly (readonly ScheduledCell[])[] {
  const hands = Array.from({ length: shards }, () => ({ seconds: 0, cells: [] as ScheduledCell[] }));
  const dealt = cells
    .map((cell) => ({ cell, seconds: cellSeconds(cell, times) }))
    .sort((a, b) => b.seconds - a.seconds || (a.cell.cell.name < b.cell.cell.name ? -1 : 1));
  for (const { cell, seconds } of dealt) {
    const least = hands.reduce((best, hand) => (hand.seconds < best.seconds ? hand : best));
    least.cells.push(cell);
    least.seconds += seconds;
  }
  return hands.map((hand) => hand.cells);
}
