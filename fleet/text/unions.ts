import type { z } from "zod";

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: "invalid_union" }>;

/**
 * Replaces what the schema says of a value that may be of several types by what it says of the type that the value
 * has: where a map is wrong inside, that a text would do as well is no help. Of several kinds of map, it is the one that
 * knows most of the keys that are there.
 */
export function withinUnions(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union") return [issue];
    const [ofItsType] = alternatives(issue)
      .filter((found) => !isOfAnotherType(found))
      .sort((a, b) => unknownKeys(a) - unknownKeys(b));
    if (!ofItsType) return [issue];
    return withinUnions(ofItsType.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })));
  });
}

/** The types that a value might have had, in the schema library's words. */
export function expectedTypes(issue: UnionIssue): readonly string[] {
  const types = alternatives(issue).flatMap(([first]) =>
    first?.code === "invalid_type" ? [first.expected] : [],
  );
  return [...new Set(types)];
}

/** What is wrong with the value as one type, as the next, and so on; none where a key of the value decides. */
function alternatives(issue: UnionIssue): readonly (readonly Issue[])[] {
  return "discriminator" in issue ? [] : issue.errors;
}

function isOfAnotherType([first]: readonly Issue[]): boolean {
  return first?.code === "invalid_type" && first.path.length === 0;
}

function unknownKeys(found: readonly Issue[]): number {
  const keys = found.flatMap((issue) =>
    issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [],
  );
  return keys.length;
}
