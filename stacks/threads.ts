import { availableParallelism, freemem } from "node:os";
import { Worker } from "node:worker_threads";
import { UserError } from "../fleet/errors";
import { type Job, type PartResult, takeNoMore } from "./parts";

/** What a thread is given. */
export interface ThreadData {
  readonly job: Job;
  /** A folder of its own for what it writes. */
  readonly outdir: string;
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
    worker.once("message", resolve);
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

/** Bytes that a thread needs. */
const memoryPerThread = 300 * 1024 ** 2;

/** Stacks for which one more thread is worth its start. */
const stacksPerThread = 150;

/** How many threads to synthesize in, the first included: one per core, and no more than the free memory holds. */
export function threadsFor(
  stacks: number,
  cores = availableParallelism(),
  free = process.availableMemory?.() ?? freemem(),
): number {
  const worthIt = Math.ceil(stacks / stacksPerThread);
  return Math.max(1, Math.min(cores, worthIt, Math.floor(free / memoryPerThread)));
}
