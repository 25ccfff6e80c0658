import pc from "picocolors";
import type { Drain } from "../../fleet/drains";
import { elsewhere } from "../../operations/aws/endpoint";
import type { ChangedCell } from "../../operations/drains/change-drains";
import type { FailedCell } from "../../operations/drains/open-cells";

/** What a command did in a cell, or why it could not: an object of its JSON. */
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
  /** Where it was done, if that is not AWS. */
  readonly endpoint?: string;
}

/** A region to take out, or, where `drains` is not so, to put back. */
export interface DrainRequest {
  readonly region: string;
  readonly drains: boolean;
  readonly endpoint?: string;
}

/** What was done, as JSON has it. */
export function outcomeOf(
  { drains, endpoint, region }: DrainRequest,
  done: ChangedCell | FailedCell,
): DrainOutcome {
  const cell = done.cell.name;
  const where = endpoint !== undefined && { endpoint };
  if ("error" in done) {
    return { cell, region, ok: false, changed: false, notes: [], error: done.error.message, ...where };
  }
  const { changed, drain, notes, readableAfter } = done;
  return {
    ...{ cell, region, ok: true, drained: drains, changed },
    ...(drain && { since: drain.since, reason: drain.reason }),
    ...(readableAfter !== undefined && { readableAfter: readableAfter / 1000 }),
    notes,
    ...where,
  };
}

/** Says what was done: the result on standard output, what went wrong on standard error, with exit code 1. */
export function reportOutcome(outcome: DrainOutcome, json: boolean): void {
  if (outcome.error !== undefined) {
    const where = elsewhere(outcome.endpoint);
    process.stderr.write(`${pc.red("error")} ${outcome.cell}${where}: ${outcome.error}\n`);
    process.exitCode = 1;
  } else if (!json) {
    const notes = outcome.notes.map((note) => `  ${pc.yellow("note")} ${note}\n`);
    process.stdout.write(`${describeOutcome(outcome)}\n${notes.join("")}`);
  }
}

/**
 * A line for people.
 *
 * @example "eu-central-1 is drained in globex as of 2026-11-21T10:00:00Z: disk full  (confirmed after 0.4 s; edge locations follow within seconds)"
 */
export function describeOutcome(outcome: DrainOutcome): string {
  const { cell, changed, drained, reason, region, since } = outcome;
  const time = since === undefined ? undefined : printable(since);
  const when = (preposition: string) => (time === undefined ? "" : ` ${preposition} ${time}`);
  const because = reason === undefined ? "" : `: ${printable(reason)}`;
  const how = `  (${howItWent(outcome)})`;
  if (drained && changed) return `${region} is drained in ${cell}${when("as of")}${because}${how}`;
  if (drained) return `${region} has been drained in ${cell}${when("since")}${because}${how}`;
  if (!changed) return `${region} is not drained in ${cell}${how}`;
  return `${region} is no longer drained in ${cell}; it had been${when("since")}${because}${how}`;
}

/** A sandbox has no edge locations. */
function howItWent({ changed, endpoint, readableAfter = 0 }: DrainOutcome): string {
  const done = changed ? `confirmed after ${readableAfter.toFixed(1)} s` : "nothing was changed";
  if (endpoint !== undefined) return `${done}, at ${endpoint}, not AWS`;
  return changed ? `${done}; edge locations follow within seconds` : done;
}

/** On one line, and nothing that a terminal would obey: others may write the key, too. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
}
