import { App, type IManifest } from "cdktf";
import type { BundleRef } from "../bundles/bundle";
import type { CheckedFleet } from "../check/load";
import type { FleetStack } from "../fleet/stacks";
import { addStacks } from "./fleet-stacks";
import { withPlainValues } from "./plain-values";
import { checkProviders } from "./provider-rules";
import { withoutTraces } from "./traces";

/** Stacks that come after no stack outside them: the foundation, or some cells. */
export type Part = readonly FleetStack[];

/** What threads share out among themselves. */
export interface Job {
  readonly checked: CheckedFleet<BundleRef>;
  readonly parts: readonly Part[];
  /** Where the stacks are written. */
  readonly outdir: string;
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

/** Cells in a part: few enough that all threads end at about the same time. */
const cellsAPart = 8;

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
  const parts = Array.from({ length: Math.ceil(cells.length / cellsAPart) }, (_, index) =>
    cells.slice(index * cellsAPart, (index + 1) * cellsAPart).flat(),
  );
  return foundation.length > 0 ? [foundation, ...parts] : parts;
}

/**
 * Takes one part after the other until none is left, and writes its stacks. After a failure nobody takes another: since
 * parts are taken in order, the first that fails is always among those that were taken.
 */
export function* writeParts({ checked, next, outdir, parts }: Job): Generator<PartResult> {
  for (;;) {
    const index = Atomics.add(next, 0, 1);
    const part = parts[index];
    if (!part) return;
    try {
      const app = new App({ outdir });
      writeStacks(app, checked, part);
      yield { index, stacks: app.manifest.stacks };
    } catch (error) {
      takeNoMore({ next, parts });
      yield { index, stacks: {}, error };
    }
  }
}

/** Lets all threads end after the part that they are at. */
export function takeNoMore({ next, parts }: Pick<Job, "next" | "parts">): void {
  Atomics.store(next, 0, parts.length);
}

/**
 * Writes stacks of a fleet to an app's folder.
 *
 * @throws a stack breaks a rule about providers; then nothing is written
 */
export function writeStacks(
  app: App,
  checked: CheckedFleet<BundleRef>,
  stacks: readonly FleetStack[],
  { traces = false }: { readonly traces?: boolean } = {},
): void {
  const write = () => {
    addStacks(app, checked, stacks);
    checkProviders(app);
    app.synth();
  };
  if (traces) write();
  else withoutTraces(() => withPlainValues(write));
}
