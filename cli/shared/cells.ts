import { UserError } from "../../fleet/errors";
import { findRegion } from "../../fleet/geography/regions";
import type { Cell, Fleet, WaitingCell } from "../../fleet/model";
import { listed, suggest } from "../../fleet/wording";
import { deployAccounts } from "../../operations/accounts/rows";

/**
 * The cell of that name, or all.
 *
 * @throws {UserError} there is none of that name, or it is left out
 */
export function cellsNamed(fleet: Fleet, name: string | undefined): readonly Cell[] {
  const { cells, waiting } = fleet;
  if (name === undefined) return cells;
  const found = cells.filter((cell) => cell.name === name);
  if (found.length > 0) return found;
  const left = waiting.filter((cell) => cell.name === name);
  if (left.length > 0) throw onlyWaiting({ waiting: left });
  throw new UserError(
    `there is no cell "${name}"`,
    "only cells of the fleet file can be named",
    suggest(
      name,
      cells.map((cell) => cell.name),
    ),
  );
}

/**
 * The cells of these names, each once, or all.
 *
 * @throws {UserError} there is none of one name
 */
export function cellsOf(fleet: Fleet, names: readonly string[] = []): readonly Cell[] {
  if (names.length === 0) return fleet.cells;
  return [...new Set(names)].flatMap((name) => cellsNamed(fleet, name));
}

/** The cells that have targets in a region. */
export function cellsIn(cells: readonly Cell[], region: string): readonly Cell[] {
  return cells.filter(({ targets }) => targets.some((target) => target.region === region));
}

/**
 * No cell has a region. Another is suggested only for what is no region at all: whoever names one means it, and would
 * drain a healthy region by a hasty correction.
 *
 * @param asked what else was looked at, in vain
 */
export function noSuchRegion(region: string, cells: readonly Cell[], asked = ""): UserError {
  const regions = [...new Set(cells.flatMap(({ targets }) => targets.map((target) => target.region)))];
  const [only] = cells;
  const who = cells.length === 1 && only ? `cell "${only.name}" has no` : "no cell has";
  return new UserError(
    `${who} targets in "${region}"${asked}`,
    "only a region that answers viewers can be taken out of the routing, or put back",
    findRegion(region) && regions.length > 0
      ? `the regions are ${regions.sort().join(", ")}; if "${region}" is deployed, name the fleet file of that deploy with --fleet`
      : suggest(region, regions),
  );
}

/** Says of each cell that waits for its accounts that it is left out. */
export function waitingNotes({ waiting }: Pick<Fleet, "waiting">): readonly string[] {
  return waiting.map(waitingNote);
}

function waitingNote({ accounts, name }: WaitingCell): string {
  const whose = accounts.length === 1 ? "account" : "accounts";
  const verb = accounts.length === 1 ? "has" : "have";
  return `cell "${name}" is left out: ${whose} ${listed(accounts)} ${verb} no id in the fleet file yet`;
}

/** For a command that has no cell to work on, because all of them, or the one that is named, still wait. */
export function onlyWaiting(fleet: Pick<Fleet, "waiting">): UserError {
  return new UserError(
    waitingNotes(fleet).join("; "),
    "nothing can be said about a cell whose accounts do not exist yet",
    `${deployAccounts}, then npx meridian accounts --write`,
  );
}
