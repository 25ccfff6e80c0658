import { joinName } from "./names";

/** The tag that every resource carries which takes tags: the name of its stack. */
export const stackTag = "meridian:stack";

/** What CloudFront takes for a comment: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_FunctionConfig.html */
const commentLength = 128;

/** The mark by itself; a long name is shortened, so that it always fits. */
function markOf(stack: string): string {
  return `${stackTag}=${joinName(commentLength - stackTag.length - 1, stack)}`;
}

/**
 * A comment that says which stack a thing is of, as hashicorp/aws 5.100.0 puts no tags on CloudFront's functions, stores,
 * policies and access controls. At most 128 characters: where both do not fit, the mark stands alone.
 *
 * @example marked("Chooses the origins of globex", "globex_front")
 * // "Chooses the origins of globex (meridian:stack=globex_front)"
 */
export function marked(comment: string, stack: string): string {
  const mark = markOf(stack);
  const both = `${comment} (${mark})`;
  return both.length <= commentLength ? both : mark;
}

/** Whether a comment says that the thing is of this stack. */
export function isMarked(comment: string, stack: string): boolean {
  const mark = markOf(stack);
  return comment === mark || comment.endsWith(`(${mark})`);
}
