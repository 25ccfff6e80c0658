import { distance } from "fastest-levenshtein";
import type { Path } from "./diagnostics";

/** Characters of a value that a message shows at most. */
const shownLength = 60;

/**
 * A value of the file as text. A list or a map is only named: what is in it decides how JavaScript would turn it into
 * text, and `{ toString: 0 }` ends that with a TypeError.
 */
export function asText(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a map";
  return String(value);
}

/** A value as a message shows it: in double quotes if it is a text, shortened if it is long. */
export function quoted(value: unknown): string {
  const text = asText(value);
  const shown = text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
  return typeof value === "string" ? JSON.stringify(shown) : shown;
}

/** Names in quotes, with commas. */
export function listed(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(", ");
}

/** The last key of a path, with the list positions behind it, in quotes: `"layers[2]"`. */
export function keyName(path: Path): string {
  const start = path.findLastIndex((part) => typeof part === "string");
  const [key = "fleet file", ...positions] = path.slice(Math.max(start, 0));
  return `"${key}${positions.map((position) => `[${position}]`).join("")}"`;
}

/** `1 route`, `2 routes`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Edits that still look like a slip of the pen: two, or a third of the word, but never the whole of it. */
const maxDistance = (word: string) => Math.min(word.length - 1, Math.max(2, Math.floor(word.length / 3)));

/**
 * The candidate that was most likely meant, if any is close enough. Case does not count, and of equally near ones
 * the first in alphabetical order wins, so that the order of keys in the file changes no message.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: { readonly candidate: string; readonly edits: number } | undefined;
  for (const candidate of [...candidates].sort()) {
    const edits = distance(wanted, candidate.toLowerCase());
    if (edits <= maxDistance(word) && edits < (best?.edits ?? Number.POSITIVE_INFINITY))
      best = { candidate, edits };
  }
  return best?.candidate;
}

/**
 * What to write instead of an unknown word.
 *
 * @example suggest("globx", ["globex", "initech"]) // 'write "globex"'
 * @example suggest("x", ["globex", "initech"]) // 'write one of "globex", "initech"'
 */
export function suggest(word: string, candidates: readonly string[]): string {
  const best = nearest(word, candidates);
  if (best !== undefined) return `write "${best}"`;
  if (candidates.length === 1) return `write "${candidates[0]}"`;
  const shown = [...candidates].sort().slice(0, 8);
  const more = candidates.length > shown.length ? ", …" : "";
  return `write one of ${shown.map((candidate) => `"${candidate}"`).join(", ")}${more}`;
}
