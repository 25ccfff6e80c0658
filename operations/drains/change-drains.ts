import type { Drain } from "../../fleet/drains";
import { UserError } from "../../fleet/errors";
import type { Cell } from "../../fleet/model";
import { changeCell } from "./change-cell";
import { type Decide, refusalOf } from "./decision";
import { type FailedCell, failed, type OpenCell, openCells, type Places } from "./open-cells";

/** What was done in a cell. */
export interface ChangedCell {
  readonly cell: Cell;
  readonly changed: boolean;
  /** What was put in or taken out, or is kept. */
  readonly drain?: Drain;
  /** Milliseconds until a change could be read back. */
  readonly readableAfter?: number;
  readonly notes: readonly string[];
}

/** What to do in cells. */
export interface Change {
  readonly decide: Decide;
  /** Which of the cells to do it in, where that depends on what the stores say. @default all */
  readonly choose?: (opened: readonly (OpenCell | FailedCell)[]) => readonly (OpenCell | FailedCell)[];
  /** The command that does it in these cells only, for whoever is refused all. */
  readonly commandFor?: (cells: readonly Cell[]) => string;
  /** Called before the first write. */
  readonly onBegin?: (cells: readonly Cell[]) => void;
  /** Called as soon as a cell is through. */
  readonly onDone?: (done: ChangedCell | FailedCell) => void;
}

/**
 * Changes the drains of cells, all at once. Every cell is looked at before anything is written; one that fails stops
 * no other.
 *
 * @throws {UserError} some cell must not be changed so: then none is; {@link NoCredentials}
 */
export async function changeDrains(
  places: Places,
  { choose = (opened) => opened, commandFor, decide, onBegin, onDone }: Change,
): Promise<readonly (ChangedCell | FailedCell)[]> {
  const opened = choose(await openCells(places));
  const refusals = opened.flatMap((open) => {
    const refusal =
      "error" in open ? undefined : refusalOf(open.cell, decide(open.cell, open.reading.drains));
    return refusal ? [{ cell: open.cell, refusal }] : [];
  });
  if (refusals.length > 0) {
    const refused = new Set(refusals.map(({ cell }) => cell));
    const others = opened.map(({ cell }) => cell).filter((cell) => !refused.has(cell));
    throw joined(
      refusals.map(({ refusal }) => refusal),
      others.length > 0 ? commandFor?.(others) : undefined,
    );
  }
  onBegin?.(opened.flatMap((open) => ("error" in open ? [] : [open.cell])));
  return Promise.all(
    opened.map(async (open) => {
      const done = "error" in open ? open : await changeCell(open, decide).catch(failed(open.cell));
      onDone?.(done);
      return done;
    }),
  );
}

/** All that is refused, in one error. */
function joined(refusals: readonly UserError[], command: string | undefined): UserError {
  const all = (part: "what" | "why" | "fix") =>
    [...new Set(refusals.map((refusal) => refusal[part]))].join("; ");
  const others = command === undefined ? "" : `; the other cells alone: ${command}`;
  return new UserError(all("what"), all("why"), `${all("fix")}${others}`);
}
