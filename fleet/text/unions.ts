import type { z } from "zod";

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: "invalid_union" }>;

/**
 * Replaces what the schema says of a value that may be of several types by what it says of the type that the value
 * has: where a map is wrong inside, that a text would do as well is no help.
 */
export function withinUnions(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union") return [issue];
    const ofItsType = alternatives(issue).find((found) => !isOfAnotherType(found));
    if (!ofItsType) return [issue];
    return withinUnions(ofItsType.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })));
  });
}

/** The types that a value might have had, in the schema library's words. */
export function expectedTypes(issue: UnionIssue): readonly string[] {
  return alternatives(issue).flatMap(([first]) => (first?.code === "invalid_type" ? [first.expected] : []));
}

/** What is wrong with the value as one type, as the next, and so on; none where a key of the value decides. */
function alternatives(issue: UnionIssue): readonly (readonly Issue[])[] {
  return "discriminator" in issue ? [] : issue.errors;
}

function isOfAnotherType([first]: readonly Issue[]): boolean {
  return first?.code === "invalid_type" && first.path.length === 0;
}
