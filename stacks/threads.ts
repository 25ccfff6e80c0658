import { availableParallelism, freemem } from "node:os";
import { Worker } from "node:worker_threads";
import { UserError } from "../fleet/errors";
import { type Job, type PartResult, takeNoMore } from "./parts";
import type { CompiledApp } from "./user-app";

/** What a thread is given. */
export interface ThreadData {
  readonly job: Job;
  /** A folder of its own for what it writes. */
  readonly outdir: string;
  /** The user's app, where it has extensions. */
  readonly app?: CompiledApp;
}

/** What a thread answers: of an error that crosses threads only its message stays, so one for the user goes in its parts. */
export type SentResult = PartResult & { readonly userError?: readonly [string, string, string] };

/** A result as a thread sends it. */
export function sent(result: PartResult): SentResult {
  const { error } = result;
  return error instanceof UserError ? { ...result, userError: [error.what, error.why, error.fix] } : result;
}

/** What was sent. */
export function received({ userError, ...result }: SentResult): PartResult {
  return userError ? { ...result, error: new UserError(...userError) } : result;
}

/**
 * Starts a thread that takes part after part.
 *
 * @param script path of the compiled synth-thread.ts
 * @returns what became of the parts that it took; never rejects
 */
export function startThread(script: string, data: ThreadData): Promise<readonly PartResult[]> {
  const { job } = data;
  const worker = new Worker(script, { workerData: data });
  return new Promise((resolve) => {
    let reason = "";
    worker.once("message", (results: readonly SentResult[]) => resolve(results.map(received)));
    worker.once("error", (error) => {
      reason = `: ${error.message}`;
    });
    // Without effect where the results have come before.
    worker.once("exit", (code) => {
      takeNoMore(job);
      resolve([{ index: job.parts.length, stacks: {}, error: endedEarly(code, reason) }]);
    });
  });
}

function endedEarly(code: number, reason: string): UserError {
  return new UserError(
    `a synth thread ended with exit code ${code} before its stacks were written${reason}`,
    "half a synth must not be deployed, so what was synthesized before stays as it was",
    "try MERIDIAN_SYNTH_THREADS=1, which needs the least memory",
  );
}

/**
 * Bytes that the process should have for each thread. Measured with 1,000 targets: 200 MB for the first, loading the
 * fleet included, and 70 MB for each further one; with 4,000 targets 350 MB and 90 MB.
 */
const memoryPerThread = 200 * 1024 ** 2;

/**
 * Stacks for which one more thread is worth its start. A thread loads CDKTF and the provider first, and its code is slow
 * until it has been compiled. Measured on two cores: 150 stacks take 0.1 s longer in two threads, 300 as long as in one,
 * 750 0.4 s less.
 */
const stacksPerThread = 300;

/** How many threads to synthesize in, the first included: one per core, and no more than the free memory holds. */
export function threadsFor(
  stacks: number,
  cores = availableParallelism(),
  free = process.availableMemory?.() ?? freemem(),
): number {
  const worthIt = Math.ceil(stacks / stacksPerThread);
  return Math.max(1, Math.min(cores, worthIt, Math.floor(free / memoryPerThread)));
}
