import type { Document } from "yaml";
import type { Problem } from "../diagnostics";
import { problem } from "./rules";

/** A position in a file, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong at a position that no path leads to. */
export type PlacedProblem = Problem & {
  readonly position: Position;
  /** Of the other place that it is about, where it is about two. */
  readonly otherPosition?: Position;
};

/** What the YAML parser says. */
type ParserError = Document.Parsed["errors"][number];

/**
 * The errors that mean something: keys that appear twice, up to the first place that is no YAML. From there on the parser
 * takes the text apart at the wrong places, and what it says of the rest is about nothing: one tab is seven errors.
 */
export function readable(errors: readonly ParserError[]): readonly ParserError[] {
  const inOrder = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const first = inOrder.findIndex(({ code }) => code !== "DUPLICATE_KEY");
  if (first === -1) return inOrder;
  const start = inOrder[first]?.pos[0];
  // Of several at the place, the one that says that a line below is meant.
  const spread = inOrder.find(({ code, pos }) => code === "MULTILINE_IMPLICIT_KEY" && pos[0] === start);
  return [...inOrder.slice(0, first), ...(spread ? [spread] : inOrder.slice(first, first + 1))];
}

/** A place that is no YAML. */
export function notYaml(what: string, position: Position): PlacedProblem {
  return placed(`this is not valid YAML: ${what}`, "correct the YAML at this place", position);
}

/** Says what an error of the parser means; the commonest, wrong indents, in words about lines. */
export function describeSyntax({ code, message }: ParserError, at: Position, text: string): PlacedProblem {
  const lines = text.split("\n");
  const start = (index: number) => (/\S/.exec(lines[index] ?? "")?.index ?? 0) + 1;
  const here = { line: at.line, column: start(at.line - 1) };
  if (code === "DUPLICATE_KEY") {
    const fix = "remove or rename one of the two keys";
    return { ...problem("duplicate-key", [], { message: "the key appears twice", fix }), position: at };
  }
  if (code === "TAB_AS_INDENT")
    return placed(
      "there is a tab in front of this line",
      "indent it with spaces: YAML takes no tabs there",
      at,
    );
  if (code === "BAD_INDENT" && message.includes("same column")) {
    const fix = "start it where the other lines of its map or list start";
    return placed("this line starts where no line above it does", fix, here);
  }
  const below = lines.findIndex((line, index) => index >= at.line && line.trim() !== "");
  if (code === "MULTILINE_IMPLICIT_KEY" && below !== -1) {
    return placed(
      `this line starts further right than line ${at.line}, whose key has a value already`,
      `start it at column ${here.column} like line ${at.line}, or take that value away`,
      { line: below + 1, column: start(below) },
    );
  }
  return notYaml(message.split("\n")[0]?.replace(/\.$/, "") ?? code, at);
}

function placed(message: string, fix: string, position: Position): PlacedProblem {
  return { ...problem("yaml-syntax", [], { message, fix }), position };
}
