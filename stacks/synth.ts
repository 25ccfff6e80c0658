import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { bundleOf } from "../bundles/bundles";
import type { CheckedFleet } from "../check/load";
import { fleetStacks } from "../fleet/stacks";
import { partsOf, writeStacks } from "./parts";
import { bundleFolder } from "./target-stack";
import { inThreads } from "./threads";
import { threadsFor } from "./threads-for";

/** Where to synthesize to, and how. */
export interface SynthHereOptions {
  /** Folder for the result. @default CDKTF_OUTDIR, which the CDKTF CLI sets, else `cdktf.out` */
  readonly outdir?: string;
  /** Whether constructs remember where in the code they were made. @default false */
  readonly traces?: boolean;
}

/** Where to synthesize to, how, and on how many cores. */
export interface SynthOptions extends SynthHereOptions {
  /** Path of the compiled stacks/synth-thread.ts. */
  readonly threadScript: string;
  /**
   * How many threads to synthesize in, this one included. Whoever wants traces gets one.
   *
   * @default as many as cores and memory allow, and one for a small fleet
   */
  readonly threads?: number;
}

/**
 * Writes the Terraform JSON of all stacks of a fleet, and the bundles that they refer to. The bytes are the same however
 * many threads there are.
 *
 * @throws a stack breaks a rule about providers, or cannot be made; then no stack is written
 */
export async function synthFleet(checked: CheckedFleet, options: SynthOptions): Promise<void> {
  const { outdir, threadScript, traces } = options;
  const stacks = fleetStacks(checked.fleet);
  const threads = traces ? 1 : (options.threads ?? threadsFor(stacks.length));
  if (threads === 1) return synthHere(checked, options);
  const app = new App({ outdir });
  await inThreads(app, checked, partsOf(stacks), { threads, threadScript });
  writeBundles(checked, app.outdir);
}

/**
 * The same in this thread alone, as CDKTF itself does it.
 *
 * @throws a stack breaks a rule about providers; then nothing is written
 */
export function synthHere(checked: CheckedFleet, { outdir, traces }: SynthHereOptions = {}): void {
  const app = new App({ outdir });
  writeStacks(app, checked, fleetStacks(checked.fleet), { traces });
  writeBundles(checked, app.outdir);
}

function writeBundles({ bundles, fleet }: CheckedFleet, outdir: string): void {
  const folder = join(outdir, bundleFolder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const used = fleet.cells.flatMap((cell) =>
    cell.services.map((service) => bundleOf(bundles, cell.name, service.name)),
  );
  for (const { file, zip } of new Set(used)) writeFileSync(join(folder, file), zip);
}
