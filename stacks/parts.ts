import type { IManifest } from "cdktf";
import type { BundleRef } from "../bundles/zip";
import type { CheckedFleet } from "../check/load";
import type { FleetStack } from "../fleet/stacks";

/** Stacks that come after no stack outside them: the foundation, or some cells. */
export type Part = readonly FleetStack[];

/** What threads share out among themselves. */
export interface Job {
  readonly checked: CheckedFleet<BundleRef>;
  readonly parts: readonly Part[];
  /** Index of the first part that nobody has taken, in memory that all threads see. */
  readonly next: Int32Array;
}

/** What became of a part. */
export interface PartResult {
  readonly index: number;
  /** What the manifest says of its stacks. */
  readonly stacks: IManifest["stacks"];
  /** Why it could not be made. */
  readonly error?: unknown;
}

/** Few enough that all threads end at about the same time. */
const cellsPerPart = 8;

/** Divides the stacks of a fleet. */
export function partsOf(stacks: readonly FleetStack[]): readonly Part[] {
  const foundation = stacks.filter(({ cell }) => cell === undefined);
  const byCell = new Map<string, FleetStack[]>();
  for (const stack of stacks) {
    if (stack.cell === undefined) continue;
    const cell = byCell.get(stack.cell);
    if (cell) cell.push(stack);
    else byCell.set(stack.cell, [stack]);
  }
  const cells = [...byCell.values()];
  const parts = Array.from({ length: Math.ceil(cells.length / cellsPerPart) }, (_, index) =>
    cells.slice(index * cellsPerPart, (index + 1) * cellsPerPart).flat(),
  );
  return foundation.length > 0 ? [foundation, ...parts] : parts;
}

/** Takes the next part. Undefined when none is left. */
export function takePart({ next, parts }: Job): { readonly index: number; readonly part: Part } | undefined {
  const index = Atomics.add(next, 0, 1);
  const part = parts[index];
  return part && { index, part };
}

/** Lets every thread end after the part that it is at. */
export function takeNoMore({ next, parts }: Job): void {
  Atomics.store(next, 0, parts.length);
}

/**
 * Throws what the first part that failed threw. Parts are taken in order, so that one is always among those that were
 * taken: the error is the same whatever the threads do.
 */
export function requireSuccess(results: readonly PartResult[]): void {
  const [first] = results.filter((result) => "error" in result).sort((a, b) => a.index - b.index);
  if (first) throw first.error;
}
