import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { BundleRef } from "../bundles/zip";
import type { CheckedFleet } from "../check/load";
import { fleetStacks } from "../fleet/stacks";
import type { Extension } from "./extensions/extension";
import { type Job, type PartResult, partsOf, requireSuccess } from "./parts";
import { startThread, threadsFor } from "./threads";
import type { CompiledApp } from "./user-app";

/** Where to synthesize to, how, and on how many cores. */
export interface SynthOptions {
  /** Folder for the result. @default CDKTF_OUTDIR, which the CDKTF CLI sets, else `cdktf.out` */
  readonly outdir?: string;
  /** Path of the compiled stacks/synth-thread.ts. */
  readonly threadScript: string;
  /**
   * How many threads to synthesize in, this one included.
   *
   * @default as many as cores and memory allow, and one for a small fleet
   */
  readonly threads?: number;
  /** Whether constructs remember where in the code they were made, which takes long, and one thread. @default false */
  readonly traces?: boolean;
  /** What the user's app adds. @default none */
  readonly extensions?: readonly Extension[];
  /** The app that the extensions come from: other threads run it, too. Extensions without it take one thread. */
  readonly app?: CompiledApp;
}

/** Folder in the output folder that threads write to. What is in it is no result yet. */
const scratchFolder = ".synth";

/**
 * Writes the Terraform JSON of all stacks of a fleet, and the bundles that they refer to. The bytes are the same however
 * many threads there are.
 *
 * @throws a stack breaks a rule about providers, or cannot be made; then no stack is written
 * @throws {UserError} a thread did not end as it should; then no stack is written either
 */
export async function synthFleet(checked: CheckedFleet, options: SynthOptions): Promise<void> {
  const outdir = options.outdir ?? process.env.CDKTF_OUTDIR ?? "cdktf.out";
  if (!options.traces) return synthInThreads(checked, outdir, options);
  const { synthHere } = await import("./synth-here");
  synthHere(checked, outdir, { traces: true, extensions: options.extensions });
}

/** Only when all threads have succeeded do the stacks come to their places, and the manifest last. */
async function synthInThreads(
  checked: CheckedFleet,
  outdir: string,
  { app, extensions = [], threads, threadScript }: SynthOptions,
): Promise<void> {
  const stacks = fleetStacks(checked.fleet);
  const parts = partsOf(stacks);
  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const job: Job = { checked: withoutZips(checked), parts, next };
  const scratch = join(outdir, scratchFolder);
  const most = extensions.length > 0 && !app ? 1 : (threads ?? threadsFor(stacks.length));
  const folders = Array.from({ length: Math.min(most, parts.length) }, (_, index) =>
    join(scratch, String(index)),
  );
  // What a synth that was interrupted has left.
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  try {
    const [own = "", ...others] = folders;
    const elsewhere = others.map((folder) =>
      startThread(threadScript, { job, outdir: folder, app: extensions.length > 0 ? app : undefined }),
    );
    // Loads CDKTF, which the other threads do meanwhile, too.
    const { collectParts, synthParts } = await import("./synth-here");
    const results: PartResult[] = [];
    for (const result of synthParts(job, own, extensions)) {
      results.push(result);
      // Lets this thread hear of another that has ended.
      await setImmediate();
    }
    results.push(...(await Promise.all(elsewhere)).flat());
    requireSuccess(results);
    collectParts(checked, results, folders, outdir);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Stacks look at the name and the hash of a bundle: to clone its zip for each thread would be a waste. */
function withoutZips({ bundles, ...rest }: CheckedFleet): CheckedFleet<BundleRef> {
  return {
    ...rest,
    bundles: new Map([...bundles].map(([key, { file, sha256 }]) => [key, { file, sha256 }])),
  };
}
