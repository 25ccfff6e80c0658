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

/**
 * The behaviour that serves a path: the first that fits; the default behaviour is last and fits all. The path is
 * normalized for that, and goes to the origin as it came (developer guide, "Path normalization").
 */
export function behaviourFor(behaviours: readonly Behaviour[], path: string): Behaviour | undefined {
  const read = normalizedPath(path);
  return behaviours.find((behaviour) => matchesPattern(behaviour.pathPattern, read));
}

/** RFC 3986: dot segments resolved, letters, digits and `-._~` decoded; and slashes that follow another left out. */
function normalizedPath(path: string): string {
  const decoded = path.replace(/%[0-9a-f]{2}/gi, (code) => {
    const letter = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(letter) ? letter : code;
  });
  const { pathname } = new URL(`http://host${decoded.replaceAll(/\/+/g, "/")}`);
  return pathname.replaceAll(/\/+/g, "/");
}

function wildcard(pattern: string, questionMark: boolean): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\?]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("\\?", questionMark ? "." : "\\?");
  return new RegExp(`^${source}$`, "s");
}
