import pc from "picocolors";
import type { Drain } from "../fleet/drains";
import { UserError } from "../fleet/errors";
import { quoted } from "../fleet/wording";
import { elsewhere, otherEndpoint } from "../operations/aws/endpoint";
import { type FailedCell, type OpenCell, openCells } from "../operations/drains/open-cells";
import { printable } from "./output/drain-report";
import { orJsonError, printJson } from "./output/json";
import { table } from "./output/table";
import { cellsOf } from "./shared/cells";
import { caller } from "./shared/environment";
import { deployedFleet } from "./shared/fleet";

/** Options of `meridian drains`. */
export interface DrainsOptions {
  readonly cell?: readonly string[];
  readonly store?: string;
  readonly json?: boolean;
}

/** What is drained in a cell: an object of the command's JSON. */
interface CellDrains {
  readonly cell: string;
  /** Whether the store could be read, and holds what a router can read. */
  readonly ok: boolean;
  readonly drains: readonly Drain[];
  readonly error?: string;
  /** Where that is so, if not on AWS. */
  readonly endpoint?: string;
}

/**
 * `meridian drains`: which regions are drained, since when and why. Exit code 1 where a cell could not be asked, or its
 * store holds what no router can read.
 *
 * @throws {UserError} there is no such cell; {@link NoCredentials}
 */
export async function drains(file: string, options: DrainsOptions): Promise<void> {
  const { json = false, store } = options;
  const endpoint = otherEndpoint(process.env);
  const cells = await orJsonError(json, { endpoint }, async () => {
    const fleet = await deployedFleet(file);
    const opened = await openCells({ fleet, cells: cellsOf(fleet, options.cell), store }, caller);
    return opened.map((open) => drainsOf(open, endpoint));
  });
  const errors = cells.filter(({ ok }) => !ok);
  if (json) printJson(cells);
  else {
    const text = listOf(cells);
    const where = endpoint === undefined ? "" : `(at ${endpoint}, not AWS)\n`;
    if (text !== undefined) process.stdout.write(`${text}\n${where}`);
    else if (errors.length === 0) process.stdout.write(`No region is drained${elsewhere(endpoint)}.\n`);
  }
  for (const { cell, error } of errors) {
    process.stderr.write(`${pc.red("error")} ${cell}${elsewhere(endpoint)}: ${error}\n`);
    process.exitCode = 1;
  }
}

function listOf(cells: readonly CellDrains[]): string | undefined {
  const rows = cells.flatMap(({ cell, drains }) =>
    drains.map(({ reason = "", region, since = "" }) => [cell, region, printable(since), printable(reason)]),
  );
  return rows.length > 0 ? table(["cell", "region", "since", "reason"], rows) : undefined;
}

function drainsOf(open: OpenCell | FailedCell, endpoint: string | undefined): CellDrains {
  const where = endpoint !== undefined && { endpoint };
  const cell = open.cell.name;
  if ("error" in open) return { cell, ok: false, drains: [], error: open.error.message, ...where };
  const { drains, unreadable } = open.reading;
  if (unreadable === undefined) return { cell, ok: true, drains, ...where };
  return { cell, ok: false, drains, error: unreadableKey(unreadable).message, ...where };
}

function unreadableKey(text: string): UserError {
  return new UserError(
    `the key-value store holds a value that no router can read: ${quoted(text)}`,
    "it drains no region, whatever it was meant to do",
    "`npx meridian drain <region>` replaces it",
  );
}
