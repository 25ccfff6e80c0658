import { AwsError } from "../http";
import { isMap, type JsonInput, requiredText } from "../protocols/json";
import { invalid } from "./declaration";

/** Tags, which CodePipeline writes in lower case: `{key, value}`. */
export function readLowerCaseTags(tags: unknown): ReadonlyMap<string, string> {
  return new Map(Object.entries(readPairs(tags, "key")));
}

/** Tags as CodePipeline lists them. */
export function listLowerCaseTags(tags: ReadonlyMap<string, string>) {
  return [...tags].map(([key, value]) => ({ key, value }));
}

/** A list of names and values. */
export function readPairs(list: unknown, nameMember = "name"): Readonly<Record<string, string>> {
  if (!Array.isArray(list)) return {};
  return Object.fromEntries(
    list.filter(isMap).map((pair) => [String(pair[nameMember]), String(pair.value ?? "")]),
  );
}

/**
 * Versions of objects that sources are to take, by action.
 *
 * @throws {AwsError} where another kind of revision is wanted
 */
export function readRevisions(list: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(list)) return {};
  return Object.fromEntries(
    list.filter(isMap).map((one) => {
      if (one.revisionType !== "S3_OBJECT_VERSION_ID")
        throw invalid(
          `The sandbox takes revisions of the type S3_OBJECT_VERSION_ID only, not ${one.revisionType}`,
        );
      return [requiredText(one, "actionName"), requiredText(one, "revisionValue")];
    }),
  );
}

/** A text in the objects of a request; undefined where there is none. */
export function textAt(input: JsonInput, ...path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((at, member) => (isMap(at) ? at[member] : undefined), input);
  return typeof value === "string" ? value : undefined;
}

/**
 * A part of a list: CodePipeline answers 100 entries at a time, or fewer if asked.
 *
 * @throws {AwsError} InvalidNextTokenException
 */
export function pageOf<T>(list: readonly T[], { maxResults, nextToken }: JsonInput) {
  const size = typeof maxResults === "number" ? maxResults : 100;
  const from = typeof nextToken === "string" ? Number(nextToken) : 0;
  if (!Number.isInteger(from))
    throw new AwsError(400, "InvalidNextTokenException", `There is no page ${nextToken}`);
  const end = from + size;
  return { page: list.slice(from, end), nextToken: end < list.length ? String(end) : undefined };
}
