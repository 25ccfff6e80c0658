import { distance } from "fastest-levenshtein";

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
