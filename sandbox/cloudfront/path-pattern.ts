import type { Behaviour } from "./distribution-model";

/**
 * Whether a path fits a cache behaviour's path pattern: `*` stands for any characters, `?` for exactly one, case
 * counts, and a leading `/` may be left out (developer guide, "Path pattern").
 */
export function matchesPattern(pattern: string, path: string): boolean {
  const rooted = pattern.startsWith("/") || pattern.startsWith("*") ? pattern : `/${pattern}`;
  return wildcard(rooted, true).test(path);
}

/** Whether an invalidation path, in which only a `*` at the end is special, covers a path with its query string. */
export function matchesInvalidation(pattern: string, path: string): boolean {
  const rooted = pattern.startsWith("/") ? pattern : `/${pattern}`;
  return wildcard(rooted, false).test(path);
}

/** The behaviour that serves a path: the first that fits; the default behaviour is last and fits all. */
export function behaviourFor(behaviours: readonly Behaviour[], path: string): Behaviour | undefined {
  return behaviours.find((behaviour) => matchesPattern(behaviour.pathPattern, path));
}

function wildcard(pattern: string, questionMark: boolean): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\?]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("\\?", questionMark ? "." : "\\?");
  return new RegExp(`^${source}$`, "s");
}
