/** What a search for a path came to. */
export type FoundPath =
  | { readonly kind: "path"; readonly path: string }
  /** There is no such path. */
  | { readonly kind: "none" }
  /** The search was given up. */
  | { readonly kind: "unknown" };

/** Prefixes that are looked at before the search is given up: real routes need some dozens. */
const mostPrefixes = 5000;

/** Positions in a pattern that a prefix can have led to. */
type Positions = readonly number[];

interface Prefix {
  readonly path: string;
  readonly wanted: Positions;
  readonly unwanted: readonly Positions[];
}

/**
 * A shortest path that a CloudFront path pattern matches and others do not; there is one unless they leave nothing of
 * it. Goes through prefixes, breadth first, each time only with those that lead elsewhere: what follows a prefix
 * depends on nothing but the positions in the patterns that it has led to, and on whether its last segment is a dot.
 *
 * @example findPath("/api/*", ["/api/", "/api/x*"]) // { kind: "path", path: "/api/y" }
 */
export function findPath(pattern: string, without: readonly string[]): FoundPath {
  const alphabet = alphabetOf([pattern, ...without]);
  const starts = [pattern, ...without].map((each) => skipStars(each, [0]));
  const [start = [], ...starting] = starts;
  let prefixes: readonly Prefix[] = [{ path: "", wanted: start, unwanted: starting }];
  const seen = new Set<string>();
  while (prefixes.length > 0) {
    const longer: Prefix[] = [];
    for (const prefix of prefixes) {
      for (const character of prefix.path === "" ? ["/"] : alphabet) {
        const next = after(prefix, character, pattern, without);
        const key = next && JSON.stringify([next.wanted, next.unwanted, openSegment(next.path)]);
        if (!next || key === undefined || seen.has(key)) continue;
        if (isAnswer(next, pattern, without)) return { kind: "path", path: next.path };
        seen.add(key);
        longer.push(next);
      }
      if (seen.size > mostPrefixes) return { kind: "unknown" };
    }
    prefixes = longer;
  }
  return { kind: "none" };
}

/** One character for all that stand in no pattern, which no pattern can tell apart; then those that stand in one. */
function alphabetOf(patterns: readonly string[]): readonly string[] {
  const written = new Set(patterns.join("").replaceAll(/[*?]/g, ""));
  // No route may have a "!".
  const other = [..."xyzqwvk!"].find((character) => !written.has(character)) ?? "!";
  return [other, ...[...written].sort()];
}

/** A prefix with one more character; undefined where no path that is looked for starts like that. */
function after(
  { path, unwanted, wanted }: Prefix,
  character: string,
  pattern: string,
  without: readonly string[],
): Prefix | undefined {
  const left = step(pattern, wanted, character);
  if (left.length === 0 || isRewritten(path + character)) return undefined;
  const stepped = without.map((each, index) => step(each, unwanted[index] ?? [], character));
  const isLost = stepped.some((positions, index) =>
    positions.some((position) => /^\*+$/.test(without[index]?.slice(position) ?? "")),
  );
  return isLost ? undefined : { path: path + character, wanted: left, unwanted: stepped };
}

function isAnswer({ path, unwanted, wanted }: Prefix, pattern: string, without: readonly string[]): boolean {
  const isLeft = !unwanted.some((positions, index) => positions.includes(without[index]?.length ?? -1));
  return isLeft && wanted.includes(pattern.length) && !isRewritten(`${path}/`, path);
}

/**
 * Whether CloudFront makes another path of every one that starts like this, before it looks at patterns: it takes out
 * `.`, `..` and empty segments. The last segment is not over yet.
 */
function isRewritten(path: string, open = path): boolean {
  return /\/\.{1,2}\//.test(path) || open.includes("//");
}

/** The last segment, where what follows decides whether it stays. */
function openSegment(path: string): string {
  return /\/\.{0,2}$/.exec(path)?.[0] ?? "";
}

function step(pattern: string, positions: Positions, character: string): Positions {
  const next = positions.flatMap((position) => {
    const symbol = pattern[position];
    if (symbol === "*") return [position];
    return symbol === "?" || symbol === character ? [position + 1] : [];
  });
  return skipStars(pattern, next);
}

/** Adds the positions behind stars, which may stand for nothing. */
function skipStars(pattern: string, positions: Positions): Positions {
  const all = new Set(positions);
  for (const position of all) if (pattern[position] === "*") all.add(position + 1);
  return [...all].sort((a, b) => a - b);
}
