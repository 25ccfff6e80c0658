import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type App, Manifest } from "cdktf";
import type { BundleRef } from "../bundles/bundle";
import type { CheckedFleet } from "../check/load";
import { UserError } from "../fleet/errors";
import { type Job, type Part, type PartResult, takeNoMore, writeParts } from "./parts";

/** Folder in the output folder that the threads write to. What is in it is no result yet. */
const scratchFolder = ".synth";

/** How many threads, and what they run. */
export interface Threads {
  /** This one included. */
  readonly threads: number;
  /** Path of the compiled synth-thread.ts. */
  readonly threadScript: string;
}

/**
 * Writes stacks in several threads. Each takes part after part and writes to a folder that they share; only when all
 * have succeeded do the stacks come to their places, and the manifest last.
 *
 * @throws what the first part that fails throws; then no stack is written
 * @throws {UserError} a thread did not end as it should
 */
export async function inThreads(
  app: App,
  checked: CheckedFleet,
  parts: readonly Part[],
  { threads, threadScript }: Threads,
): Promise<void> {
  const outdir = join(app.outdir, scratchFolder);
  // What a synth that was interrupted has left.
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(join(outdir, Manifest.stacksFolder), { recursive: true });
  try {
    const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const job: Job = { checked: withoutZips(checked), parts, outdir, next };
    const others = Array.from({ length: Math.min(threads, parts.length) - 1 }, () =>
      there(threadScript, job),
    );
    const results = (await Promise.all([here(job), ...others])).flat();
    requireSuccess(results);
    for (const { stacks } of results) Object.assign(app.manifest.stacks, stacks);
    moveStacks(join(outdir, Manifest.stacksFolder), join(app.outdir, Manifest.stacksFolder));
    app.manifest.writeToFile();
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Cloning a zip for each thread would be a waste: stacks look at its name and hash. */
function withoutZips({ bundles, ...rest }: CheckedFleet): CheckedFleet<BundleRef> {
  return {
    ...rest,
    bundles: new Map([...bundles].map(([key, { file, sha256 }]) => [key, { file, sha256 }])),
  };
}

async function here(job: Job): Promise<readonly PartResult[]> {
  const results: PartResult[] = [];
  for (const result of writeParts(job)) {
    results.push(result);
    // Lets this thread hear of another that has ended.
    await setImmediate();
  }
  return results;
}

function there(threadScript: string, job: Job): Promise<readonly PartResult[]> {
  const worker = new Worker(threadScript, { workerData: job });
  return new Promise((resolve) => {
    let reason = "";
    worker.once("message", resolve);
    worker.once("error", (error) => {
      reason = `: ${error.message}`;
    });
    worker.once("exit", (code) => {
      // Without effect where the thread has sent its results.
      takeNoMore(job);
      resolve([{ index: job.parts.length, stacks: {}, error: endedEarly(code, reason) }]);
    });
  });
}

function endedEarly(code: number, reason: string): UserError {
  return new UserError(
    `a synth thread ended with exit code ${code} before its stacks were written${reason}`,
    "nothing is deployed from half a synth, so what was synthesized before stays as it was",
    "try MERIDIAN_SYNTH_THREADS=1, which needs the least memory",
  );
}

/** @throws what the first part that failed threw */
function requireSuccess(results: readonly PartResult[]): void {
  const [first] = results.filter((result) => "error" in result).sort((a, b) => a.index - b.index);
  if (first) throw first.error;
}

/** Moves what is in the folder of each stack. Other things there, such as Terraform's own, stay. */
function moveStacks(from: string, to: string): void {
  for (const stack of readdirSync(from)) {
    const [source, target] = [join(from, stack), join(to, stack)];
    if (!existsSync(target)) {
      renameSync(source, target);
      continue;
    }
    for (const name of readdirSync(source)) {
      rmSync(join(target, name), { recursive: true, force: true });
      renameSync(join(source, name), join(target, name));
    }
  }
}
