import { setTimeout as sleep } from "node:timers/promises";
import type { Drain } from "../../fleet/drains";
import { UserError } from "../../fleet/errors";
import type { Cell } from "../../fleet/model";
import { quoted } from "../../fleet/wording";
import type { Caller } from "../aws/client";
import { describeError, isUnreachable } from "../aws/errors";
import { type Decide, type Decision, describeStranded, refusalOf } from "./decision";
import { type FailedCell, failed, type OpenCell, openCells, type StoreLookup } from "./open-cells";
import { Conflict, pauseAfter, type Reading } from "./store";

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
  /**
   * Waited for before the first write, with the cells that are to be written to; not called where there are none. What it
   * throws stops all of them.
   */
  readonly onBegin?: (cells: readonly Cell[]) => Promise<void>;
  /** Called as soon as a cell is through. */
  readonly onDone?: (done: ChangedCell | FailedCell) => void;
}

/**
 * Changes the drains of cells, all at once. Every cell is looked at before anything is written; one that fails stops
 * no other.
 *
 * @throws {UserError} some cell must not be changed so: then none is; what `onBegin` throws; {@link NoCredentials}
 */
export async function changeDrains(
  lookup: StoreLookup,
  { choose = (opened) => opened, commandFor, decide, onBegin, onDone }: Change,
  caller: Caller,
): Promise<readonly (ChangedCell | FailedCell)[]> {
  const opened = choose(await openCells(lookup, caller));
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
  const written = opened.flatMap((open) =>
    "error" in open || decide(open.cell, open.reading.drains).kind === "keep" ? [] : [open.cell],
  );
  if (written.length > 0) await onBegin?.(written);
  return Promise.all(
    opened.map(async (open) => {
      const done = "error" in open ? open : await changeCell(open, decide).catch(failed(open.cell, caller));
      onDone?.(done);
      return done;
    }),
  );
}

/** All that is refused, in one error. */
function joined(refusals: readonly UserError[], command: string | undefined): UserError {
  const all = (part: "what" | "why" | "fix") =>
    [...new Set(refusals.map((refusal) => refusal[part]))].join("; ");
  const others = command === undefined ? "" : `; for the other cells only: ${command}`;
  return new UserError(all("what"), all("why"), `${all("fix")}${others}`);
}

type Write = Extract<Decision, { kind: "write" }>;

/** Writes that are tried before others are left the field. */
const tries = 5;

/**
 * Changes the drains of one cell, and waits until that can be read back.
 *
 * @throws {UserError} it must not be changed so, or nobody knows whether it was
 */
export async function changeCell(open: OpenCell, decide: Decide): Promise<ChangedCell> {
  const { cell, store } = open;
  const began = Date.now();
  let { reading } = open;
  const { notes } = open;
  for (let attempt = 1; attempt <= tries; attempt++) {
    const decision = decide(cell, reading.drains);
    const refusal = refusalOf(cell, decision);
    if (refusal) throw refusal;
    if (decision.kind === "keep") {
      const more = decision.note === undefined ? [] : [decision.note];
      return {
        cell,
        changed: false,
        drain: decision.drain,
        notes: [...notes, ...unreadableNote(reading, "was left as it is"), ...more],
      };
    }
    if (decision.kind !== "write") throw new Error(`undecided: ${decision.kind}`);
    try {
      const version = await store.write(decision.drains, reading.version);
      const written = { drains: decision.drains, version, holds: holds(decision) };
      const readableAfter = await store.readBack(written);
      if (readableAfter === undefined) throw notReadable(cell);
      return changed(cell, decision, readableAfter, [...notes, ...unreadableNote(reading, "was replaced")]);
    } catch (error) {
      const isLost = isUnreachable(error);
      if (!isLost && !(error instanceof Conflict)) throw error;
      // A conflict may be with our own write: its answer was lost, and the SDK has sent it again.
      const now = await store.read().catch((unread: unknown) => {
        throw isUnreachable(unread) ? notKnown(cell, unread) : unread;
      });
      if (holds(decision)(now.drains)) return changed(cell, decision, Date.now() - began, notes);
      if (isLost) throw notKnown(cell, error);
    }
    await sleep(pauseAfter(attempt));
    reading = await store.read();
  }
  throw keptChanging(cell);
}

/** Whether drains hold what a write is for. */
function holds({ drain, drains }: Write): (found: readonly Drain[]) => boolean {
  if (!drains.includes(drain)) return (found) => found.every(({ region }) => region !== drain.region);
  return (found) =>
    found.some(
      ({ reason, region, since }) =>
        region === drain.region && since === drain.since && reason === drain.reason,
    );
}

function changed(
  cell: Cell,
  { drain, stranded }: Write,
  readableAfter: number,
  notes: readonly string[],
): ChangedCell {
  const left =
    stranded.length > 0 ? [`no region is left for ${describeStranded(stranded)}: they get 503`] : [];
  return { cell, changed: true, drain, readableAfter, notes: [...notes, ...left] };
}

function unreadableNote({ unreadable }: Reading, end: string): readonly string[] {
  if (unreadable === undefined) return [];
  return [
    `the store held a value that no router can read, which drained nothing and ${end}: ${quoted(unreadable)}`,
  ];
}

function notReadable({ name }: Cell): UserError {
  return new UserError(
    `the change was written to the key-value store of ${name}, but cannot be read back yet`,
    "the router may still use the previous value",
    "check again in a minute: npx meridian drains",
  );
}

function notKnown({ name }: Cell, error: unknown): UserError {
  return new UserError(
    `it is not known whether the change was written to the key-value store of ${name}: ${describeError(error)}`,
    "the answer was lost; the write may have been done, or may still be",
    "see what is drained: npx meridian drains; it is safe to run the same command again",
  );
}

function keptChanging({ name }: Cell): UserError {
  return new UserError(
    `the key-value store of ${name} was changed by others ${tries} times during this write`,
    "a change must not overwrite what it has not seen",
    "look at what is drained (`npx meridian drains`), and try again",
  );
}
