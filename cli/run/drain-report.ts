import pc from "picocolors";
import type { Drain } from "../../fleet/drains";
import type { ChangedCell, FailedCell } from "./change-drains";

/** What a command did in a cell, or why it could not: a line of its JSON. */
export interface DrainOutcome extends Partial<Drain> {
  readonly cell: string;
  readonly region: string;
  readonly ok: boolean;
  /** As it is now; unknown where it is not `ok`. */
  readonly drained?: boolean;
  readonly changed: boolean;
  /** Seconds until the change could be read back. */
  readonly readableAfter?: number;
  readonly notes: readonly string[];
  readonly error?: string;
}

/** @param drains whether the command drains, or takes a drain back */
export function outcomeOf(region: string, drains: boolean, done: ChangedCell | FailedCell): DrainOutcome {
  const cell = done.cell.name;
  if ("error" in done)
    return { cell, region, ok: false, changed: false, notes: [], error: done.error.message };
  const { changed, drain, notes, readableAfter } = done;
  return {
    ...{ cell, region, ok: true, drained: drains, changed },
    ...(drain && { since: drain.since, reason: drain.reason }),
    ...(readableAfter !== undefined && { readableAfter: readableAfter / 1000 }),
    notes,
  };
}

/** Says what was done: the result on standard output, what went wrong on standard error, with exit code 1. */
export function reportOutcomes(outcomes: readonly DrainOutcome[], json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
  for (const outcome of outcomes) {
    if (outcome.error !== undefined) {
      process.stderr.write(`${pc.red("error")} ${outcome.cell}: ${outcome.error}\n`);
      process.exitCode = 1;
    } else if (!json) {
      process.stdout.write(`${describeOutcome(outcome)}\n`);
      for (const note of outcome.notes) process.stdout.write(`  ${pc.yellow("note")} ${note}\n`);
    }
  }
}

/**
 * A line for people.
 *
 * @example "eu-central-1 is drained in globex since 2026-11-21T10:00:00Z: disk full  (readable after 0.4 s)"
 */
export function describeOutcome({
  cell,
  changed,
  drained,
  readableAfter = 0,
  reason,
  region,
  since,
}: DrainOutcome): string {
  const when = since === undefined ? "" : ` since ${since}`;
  const because = reason === undefined ? "" : `: ${reason}`;
  const after = changed ? `readable after ${readableAfter.toFixed(1)} s` : "nothing was changed";
  if (drained)
    return `${region} is ${changed ? "" : "already "}drained in ${cell}${when}${because}  (${after})`;
  if (!changed) return `${region} is not drained in ${cell}  (${after})`;
  return `${region} is no longer drained in ${cell}; it was drained${when}${because}  (${after})`;
}
