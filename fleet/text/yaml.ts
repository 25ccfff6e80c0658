import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Parser,
  visit,
} from "yaml";
import type { Path } from "../diagnostics";
import { describeSyntax, notYaml, type PlacedProblem, type Position, readable } from "./syntax";

/** A YAML file that knows where each of its values stands. */
export interface YamlFile {
  /** Plain data, as JSON would hold it; undefined where the text does not parse. */
  readonly data: unknown;
  /** What the YAML parser found, each at its own position. */
  readonly problems: readonly PlacedProblem[];
  /** Where a value, or its key, starts. A path that leads nowhere gives the nearest thing that exists above it. */
  position(path: Path, atKey?: boolean): Position;
  /** A scalar as it is written in the file, before YAML gave it a type: `012` rather than 12. */
  written(path: Path): string | undefined;
}

/** YAML as fleet files are written in it, for the parser of the package `yaml`. */
export const dialect = {
  prettyErrors: false,
  version: "1.2",
  logLevel: "error",
  resolveKnownTags: false,
} as const;

/** Levels of maps and lists. A fleet file has eight; far above this, the stack of the process would overflow. */
const maxDepth = 64;

/** Parses YAML 1.2 without ever throwing. */
export function parseYaml(text: string): YamlFile {
  const tokens = [...new Parser().parse(text)];
  const tooDeep = findTooDeep(tokens);
  if (tooDeep !== undefined) tokens.length = 0;
  const composer = new Composer(dialect);
  const [document, second] = composer.compose(tokens, true, text.length) as Generator<Document.Parsed>;
  if (!document) throw new Error("the YAML parser gave no document");
  const at = positionFinder(text);
  const found = readable(document.errors).map((error): PlacedProblem => {
    const first = error.code === "DUPLICATE_KEY" ? firstOfKey(document, error.pos[0]) : undefined;
    return {
      ...describeSyntax(error, at(error.pos[0]), text),
      ...(first !== undefined && { otherPosition: at(first) }),
    };
  });
  if (tooDeep !== undefined) found.push(notYaml(`more than ${maxDepth} levels`, at(tooDeep)));
  if (second) found.push(notYaml("a second document starts here", at(second.range[0])));
  const data = found.length > 0 ? undefined : toData(document);
  if (data instanceof AliasProblem) found.push(notYaml(data.message, at(data.offset)));
  return {
    data: data instanceof AliasProblem ? undefined : data,
    problems: found,
    position: (path, atKey = false) => at(offsetOf(document, path, atKey)),
    written: (path) => {
      const node = document.getIn(path, true);
      const value = isAlias(node) ? node.resolve(document) : node;
      return isScalar(value) ? value.source : undefined;
    },
  };
}

/** Says at which line and column an offset is; the parser's own counter goes astray in some broken files. */
function positionFinder(text: string): (offset: number) => Position {
  const lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  return (offset) => {
    const inside = Math.min(offset, text.length);
    let [line, above] = [0, lineStarts.length];
    while (above - line > 1) {
      const middle = (line + above) >> 1;
      if ((lineStarts[middle] ?? 0) <= inside) line = middle;
      else above = middle;
    }
    return { line: line + 1, column: inside - (lineStarts[line] ?? 0) + 1 };
  };
}

/** Where a key was first that is written again at an offset. */
function firstOfKey(document: Document.Parsed, again: number): number | undefined {
  let first: number | undefined;
  visit(document, {
    Map: (_, map) => {
      const keys = map.items.map(({ key }) => key).filter(isScalar);
      const second = keys.find((key) => startOf(key) === again);
      if (!second) return undefined;
      first = startOf(keys.find(({ value }) => value === second.value));
      return visit.BREAK;
    },
  });
  return first;
}

/** Where the nesting gets too deep, if it does. */
function findTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open = tokens.map((token) => ({ token, depth: 0 }));
  for (let entry = open.pop(); entry; entry = open.pop()) {
    const { token, depth } = entry;
    if (depth > maxDepth) return token.offset;
    if (token.type === "document" && token.value) open.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    for (const { key, value } of token.items) {
      for (const child of [key, value]) if (child) open.push({ token: child, depth: depth + 1 });
    }
  }
  return undefined;
}

/** An alias that leads nowhere, or to too much. */
class AliasProblem {
  constructor(
    readonly message: string,
    readonly offset: number,
  ) {}
}

/** Aliases are limited so that a few lines of YAML cannot unfold into gigabytes. */
function toData(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 }) ?? {};
  } catch {
    let unresolved: Alias | undefined;
    visit(document, {
      Alias: (_, alias) => {
        if (alias.resolve(document)) return undefined;
        unresolved = alias;
        return visit.BREAK;
      },
    });
    if (!unresolved) return new AliasProblem("the aliases expand into too much data", 0);
    return new AliasProblem(
      `there is no anchor "${unresolved.source}" before this alias`,
      startOf(unresolved) ?? 0,
    );
  }
}

function offsetOf(document: Document.Parsed, path: Path, atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    let key: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      key = pair?.key;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
    } else {
      return offset;
    }
    const isLast = index === path.length - 1;
    const next = (isLast && atKey ? startOf(key) : undefined) ?? startOf(node) ?? startOf(key);
    if (next === undefined) return offset;
    // A missing value below is best shown at the key that should have held it.
    offset = isLast ? next : (startOf(key) ?? next);
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | undefined)?.range?.[0];
}
