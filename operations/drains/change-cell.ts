import { setTimeout as sleep } from "node:timers/promises";
import type { Drain } from "../../fleet/drains";
import { UserError } from "../../fleet/errors";
import type { Cell } from "../../fleet/model";
import { quoted } from "../../fleet/wording";
import { describeError, isUnreachable } from "../aws/errors";
import type { ChangedCell } from "./change-drains";
import { type Decide, type Decision, describeStranded, refusalOf } from "./decision";
import type { OpenCell } from "./open-cells";
import { Conflict, pauseAfter, type Reading } from "./store";

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
        notes: [...notes, ...unreadableNote(reading, "is left"), ...more],
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
    `what the store held is nothing that a router can read, so it drained nothing, and ${end}: ${quoted(unreadable)}`,
  ];
}

function notReadable({ name }: Cell): UserError {
  return new UserError(
    `the change was written to the key-value store of ${name}, but cannot be read back yet`,
    "the router may still work with what was there before",
    "look again in a minute: npx meridian drains",
  );
}

function notKnown({ name }: Cell, error: unknown): UserError {
  return new UserError(
    `it is not known whether it was written to the key-value store of ${name}: ${describeError(error)}`,
    "the answer was lost, and the write may have been done, or be done yet",
    "look what is drained: npx meridian drains; the same command may be given again",
  );
}

function keptChanging({ name }: Cell): UserError {
  return new UserError(
    `the key-value store of ${name} was changed by others ${tries} times while this was writing`,
    "a change must not overwrite what it has not seen",
    "look at what is drained (`npx meridian drains`), and try again",
  );
}
