import { type Drain, roomLeft, type Stranded, strandedBy } from "../../fleet/drains";
import { UserError } from "../../fleet/errors";
import { limits } from "../../fleet/limits";
import type { Cell } from "../../fleet/model";
import { count } from "../../fleet/wording";

/** What is to be done with a cell's drains. */
export type Decision =
  /** `drain` is what is put in, or taken out. */
  | {
      readonly kind: "write";
      readonly drains: readonly Drain[];
      readonly drain: Drain;
      readonly stranded: readonly Stranded[];
    }
  /** It is so already: with `drain`, or without one. */
  | { readonly kind: "keep"; readonly drain?: Drain; readonly note?: string }
  /** The region is the last for some viewers. */
  | { readonly kind: "last"; readonly stranded: readonly Stranded[] }
  /** There is room for so many bytes of a reason; none at all where negative. */
  | { readonly kind: "too-large"; readonly room: number };

/** Decides about a cell, given what its store says. */
export type Decide = (cell: Cell, drains: readonly Drain[]) => Decision;

/** Drains a region; the last one only by force. */
export function drainRegion(drain: Drain, force: boolean): Decide {
  return ({ front }, before) => {
    const already = before.find(({ region }) => region === drain.region);
    if (already) return { kind: "keep", drain: already, ...keptReason(already, drain) };
    const drained = before.map(({ region }) => region);
    const stranded = strandedBy(front, drained, drain.region);
    if (stranded.length > 0 && !force) return { kind: "last", stranded };
    const drains = [...before, drain];
    if (roomLeft(drains) >= 0) return { kind: "write", drains, drain, stranded };
    return { kind: "too-large", room: roomLeft([...before, { ...drain, reason: "" }]) };
  };
}

/** Who gives a reason wants it to be read. */
function keptReason(already: Drain, { reason, region }: Drain): { readonly note?: string } {
  if (reason === undefined || reason === already.reason) return {};
  return {
    note: `the reason was not changed; to change it, undrain ${region} and drain it again; in between, viewers are sent there`,
  };
}

/** Takes a region's drain back. */
export function undrainRegion(wanted: string): Decide {
  return (_, before) => {
    const drain = before.find(({ region }) => region === wanted);
    if (!drain) return { kind: "keep" };
    return { kind: "write", drains: before.filter((other) => other !== drain), drain, stranded: [] };
  };
}

/** Viewers in words: `viewers of the zone "eu"`, `any viewer`. */
export function describeStranded(stranded: readonly Stranded[]): string {
  const zones = stranded.flatMap(({ zone }) => (zone === undefined ? [] : [`the zone "${zone}"`]));
  if (zones.length === 0) return "any viewer";
  const others = stranded.length > zones.length ? " and all others" : "";
  return `viewers of ${zones.join(", ")}${others}`;
}

/** Why a decision is not to do it; undefined where it is. Nothing is written then. */
export function refusalOf({ name, zone }: Cell, decision: Decision): UserError | undefined {
  if (decision.kind === "last") {
    const region = zone ? `no region of the zone "${zone.name}"` : "no region";
    return new UserError(
      `${region} would be left in ${name} for ${describeStranded(decision.stranded)}`,
      "they would get 503, reads and writes alike, so nothing was drained",
      "undrain another region first, or add --force if that is intended",
    );
  }
  if (decision.kind !== "too-large") return undefined;
  const room = Math.max(decision.room, 0);
  return new UserError(
    `the reason is too long for the key-value store of ${name}: there is room for ${count(room, "byte")}`,
    `all drains of a cell are one value of at most ${count(limits.keyValueStoreValue, "byte")}; nothing was drained`,
    room > 0 ? "give a shorter --reason" : "leave out --reason, or undrain another region first",
  );
}
