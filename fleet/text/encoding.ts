import { problem } from "./rules";
import type { PlacedProblem, Position } from "./syntax";

/** The text of a file, or why it has none. */
export type Decoded = { readonly text: string } | { readonly problem: PlacedProblem };

/**
 * Reads UTF-8, with or without a byte order mark, and nothing else. What is not UTF-8 would become U+FFFD without a word,
 * and so another value than the one that is written.
 */
export function decodeText(bytes: Buffer): Decoded {
  if (isUtf16(bytes)) {
    return {
      problem: notUtf8(
        "the file is UTF-16, with two bytes for each character",
        'save it as UTF-8: iconv -f UTF-16 -t UTF-8, or "UTF-8" in the editor\'s list of encodings',
        { line: 1, column: 1 },
      ),
    };
  }
  const text = bytes.toString("utf8");
  const again = Buffer.from(text, "utf8");
  if (again.equals(bytes)) return { text: text.replace(/^\uFEFF/, "") };
  const length = Math.min(bytes.length, again.length);
  let same = 0;
  while (same < length && bytes[same] === again[same]) same += 1;
  // The first bytes of the replacement character may be those of what it replaces.
  const before = bytes
    .subarray(0, same)
    .toString("utf8")
    .replace(/\uFFFD$/, "");
  const bad = bytes[Buffer.byteLength(before)] ?? 0;
  const lines = before.split("\n");
  return {
    problem: notUtf8(
      `the byte 0x${bad.toString(16).toUpperCase().padStart(2, "0")} is not UTF-8`,
      "save the file as UTF-8, and look at the characters at this place: the editor may have had another encoding",
      { line: lines.length, column: (lines.at(-1) ?? "").length + 1 },
    ),
  };
}

/** A byte order mark of UTF-16, or a zero byte among the first: text has none. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return hasMark || first === 0 || second === 0;
}

function notUtf8(message: string, fix: string, position: Position): PlacedProblem {
  return { ...problem("wrong-encoding", [], { message, fix }), position };
}
