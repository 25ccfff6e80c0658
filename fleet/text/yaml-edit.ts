import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";
import { UserError } from "../errors";
import { listed } from "../wording";
import { dialect, parseYaml } from "./yaml";

/** A text to put into another. */
interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/**
 * A fleet file with the ids of accounts written into it: `id` becomes the first key of each account's entry, in the
 * style of the entry. Nothing else changes, not by a byte: comments, layout, quotes, anchors and line ends stay.
 *
 * @param text a fleet file that parses
 * @param ids by account name, 12 digits each; the accounts have no id yet
 * @throws {UserError} an account is written in a way that an id cannot be put into
 */
export function withAccountIds(text: string, ids: ReadonlyMap<string, string>): string {
  const document = parseDocument(text, { ...dialect, keepSourceTokens: true });
  const accounts = document.get("accounts", true);
  const insertions = [...ids].map(([name, id]) => {
    const pair = isMap(accounts) ? pairOf(accounts, name) : undefined;
    if (!pair) throw notInserted(`account "${name}" is not written as a map of its own`);
    return insertionOf(text, name, pair, id);
  });
  const edited = insertions
    .toSorted((a, b) => b.offset - a.offset)
    .reduce((done, { offset, text: more }) => done.slice(0, offset) + more + done.slice(offset), text);
  assertOnlyIdsAdded(text, edited, ids);
  return edited;
}

/** What is read from the file afterwards is what counts, whatever was thought of when this was written. */
function assertOnlyIdsAdded(before: string, after: string, ids: ReadonlyMap<string, string>): void {
  const data = parseYaml(before).data as { readonly accounts: Readonly<Record<string, object>> };
  const withIds = Object.entries(data.accounts).map(([name, entry]) => {
    const id = ids.get(name);
    return [name, id === undefined ? entry : { ...entry, id }];
  });
  const expected = { ...data, accounts: Object.fromEntries(withIds) };
  if (!isDeepStrictEqual(parseYaml(after).data, expected)) {
    throw notInserted(`the change would affect more than the ids of ${listed(ids.keys())}`);
  }
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
}

function insertionOf(text: string, name: string, pair: Pair, id: string): Insertion {
  const { value } = pair;
  if (!isMap(value)) {
    const what = isScalar(value) || value === null ? "has no entry yet" : "is an alias of something else";
    throw notInserted(`account "${name}" ${what}`);
  }
  if (pairOf(value, "id")) throw notInserted(`account "${name}" already has a key "id"`);
  const opening = openingOf(pair, value);
  const [first] = value.items;
  if (!first) return { offset: opening, text: ` id: "${id}"${text[opening] === "}" ? " " : ""}` };
  const start = startOf(first);
  const entry = `${keyLike(first, text)}"${id}"${value.flow ? "," : ""}`;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  if (lineStart > opening) {
    const endOfOpening = text.indexOf("\n", opening);
    const indent = /^[ \t]*/.exec(text.slice(lineStart, start))?.[0] ?? "";
    return { offset: endOfOpening + 1, text: `${indent}${entry}${lineEnd(text, endOfOpening)}` };
  }
  if (value.flow) return { offset: start, text: `${entry} ` };
  const indent = " ".repeat(start - lineStart);
  return { offset: start, text: `${entry}${lineEnd(text, text.indexOf("\n"))}${indent}` };
}

/** Behind the brace that opens an entry, or behind the last of what stands in front of its first line: `name: &anchor`. */
function openingOf(pair: Pair, value: YAMLMap): number {
  const { srcToken } = value;
  if (srcToken?.type === "flow-collection") return srcToken.start.offset + srcToken.start.source.length;
  const tokens = (pair.srcToken?.sep ?? []).filter(({ type }) => !trivia.has(type));
  return Math.max(...tokens.map(({ offset, source }) => offset + source.length));
}

/** Where a key and value start, with anchors and the like. */
function startOf(pair: Pair): number {
  const [first] = (pair.srcToken?.start ?? []).filter(({ type }) => !trivia.has(type));
  return first?.offset ?? pair.srcToken?.key?.offset ?? 0;
}

const trivia: ReadonlySet<string> = new Set(["space", "newline", "comment"]);

/** JSON is YAML, too, and wants its keys in quotes. */
function keyLike({ srcToken }: Pair, text: string): string {
  const key = srcToken?.key;
  if (key?.type !== "double-quoted-scalar") return "id: ";
  const colon = srcToken?.sep?.find(({ type }) => type === "map-value-ind")?.offset ?? -1;
  return text[colon + 1] === '"' || text[colon + 1] === "{" ? '"id":' : '"id": ';
}

function lineEnd(text: string, newline: number): string {
  return text[newline - 1] === "\r" ? "\r\n" : "\n";
}

function notInserted(what: string): UserError {
  return new UserError(
    `${what}, so its id cannot be put there`,
    "only the ids are written into the fleet file, and nothing else in it changes",
    "write the ids into the file yourself; `npx meridian accounts` lists them",
  );
}
