import { findRegion } from "./geography/regions";
import { limits } from "./limits";
import type { Front } from "./model";
import { isMap, sortBy } from "./values";

/** The key of a cell's key-value store that says which regions are drained. Where it is missing, none is. */
export const drainsKey = "drained";

/** A region that was taken out of a cell's routing by hand. */
export interface Drain {
  readonly region: string;
  /** ISO 8601, in UTC; whoever writes the key by hand may put something else there, or nothing. */
  readonly since?: string;
  readonly reason?: string;
}

/**
 * Reads a value of the key-value store, as the router does: what is unreadable drains nothing, and a region with
 * anything that is true in JavaScript is drained, so that a key written by hand in the console does its work, too.
 *
 * @param text undefined where the key is missing
 * @returns sorted by region
 */
export function parseDrains(text: string | undefined): readonly Drain[] {
  const value = parseJson(text);
  if (!isMap(value)) return [];
  const drains = Object.entries(value).flatMap(([region, entry]): readonly Drain[] => {
    if (!findRegion(region) || !entry) return [];
    const { since, reason } = isMap(entry) ? entry : {};
    return [
      {
        region,
        ...(typeof since === "string" && since !== "" && { since }),
        ...(typeof reason === "string" && { reason }),
      },
    ];
  });
  return sortBy(drains, ({ region }) => region);
}

/** Whether a value of the key-value store is one that can drain anything: a map in JSON, be it an empty one. */
export function isReadable(text: string): boolean {
  return isMap(parseJson(text));
}

/**
 * Writes drains as a value of the key-value store: the same bytes for the same drains, in whatever order.
 *
 * @example formatDrains([{ region: "eu-west-1", since: "2026-11-21T10:00:00Z" }]) // '{"eu-west-1":{"since":"2026-11-21T10:00:00Z"}}'
 */
export function formatDrains(drains: readonly Drain[]): string {
  const sorted = sortBy(drains, ({ region }) => region);
  return JSON.stringify(
    Object.fromEntries(sorted.map(({ region, since, reason }) => [region, { since, reason }])),
  );
}

/**
 * How many bytes more a value may take; negative where it is already too large. A reason takes what it has in JSON,
 * where a quote or a line break has two.
 */
export function roomLeft(drains: readonly Drain[]): number {
  return limits.keyValueStoreValue - Buffer.byteLength(formatDrains(drains));
}

/** Viewers who would be answered by no region. */
export interface Stranded {
  /** The zone that they must stay inside; undefined where they may be answered from every region of the cell. */
  readonly zone?: string;
  /** ISO 3166-1 alpha-2, sorted. */
  readonly countries: readonly string[];
}

/**
 * Who has a region now and would have none with one more region drained: one entry per zone, those without a zone
 * first.
 *
 * @param drained regions that are drained already
 */
export function strandedBy(
  { routing }: Pick<Front, "routing">,
  drained: readonly string[],
  region: string,
): readonly Stranded[] {
  const groups = new Map<string | undefined, string[]>();
  for (const [country, { zone, regions }] of routing) {
    const left = regions.filter((candidate) => !drained.includes(candidate));
    if (left.length !== 1 || left[0] !== region) continue;
    groups.set(zone, [...(groups.get(zone) ?? []), country]);
  }
  const stranded = [...groups].map(([zone, countries]) => ({ zone, countries: countries.sort() }));
  return sortBy(stranded, ({ zone = "" }) => zone);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
