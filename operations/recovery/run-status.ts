import type { RunRecord } from "../store/model";
import { type HostProcess, isRunning, thisHost } from "./processes";

/** What became of a run: how it ended, or whether it is still at work. */
export type RunStatus = NonNullable<RunRecord["outcome"]> | "running" | "killed" | "unfinished";

/**
 * What becomes of a run. `killed` only where that can be seen: on the same machine, not started anew since. Elsewhere
 * nobody knows: `unfinished`.
 */
export function runStatus(
  { host, outcome }: Pick<RunRecord, "host" | "outcome">,
  here: HostProcess = thisHost(),
): RunStatus {
  if (outcome !== undefined) return outcome;
  const isHere = host.name === here.name && host.boot === here.boot && host.namespace === here.namespace;
  if (!isHere || host.started === undefined) return "unfinished";
  return isRunning(host) ? "running" : "killed";
}
