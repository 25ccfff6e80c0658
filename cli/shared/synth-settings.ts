import { join } from "node:path";
import { UserError } from "../../fleet/errors";
import { packageRoot } from "../../fleet/project";
import type { SynthOptions } from "../../stacks/synth-fleet";

/**
 * How to synthesize on this machine: MERIDIAN_SYNTH_THREADS says how many threads, MERIDIAN_TRACES=1 that constructs
 * remember where they were made.
 *
 * @throws {UserError} the number of threads is none
 */
export function synthSettings(env: NodeJS.ProcessEnv = process.env): SynthOptions {
  return {
    threadScript: join(packageRoot, "dist", "synth-thread.js"),
    threads: threadsIn(env.MERIDIAN_SYNTH_THREADS),
    traces: env.MERIDIAN_TRACES === "1",
  };
}

function threadsIn(text = ""): number | undefined {
  if (text === "") return undefined;
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new UserError(
    `MERIDIAN_SYNTH_THREADS is "${text}", and that is no number of threads`,
    "the synth shares its work out among that many threads",
    "set it to a whole number from 1 to 999, or leave it out for what cores and memory allow",
  );
}
