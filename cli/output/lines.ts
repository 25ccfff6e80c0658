import { printable } from "./drain-report";

/** Columns of a terminal that every line fits into. */
const terminal = 80;

/**
 * The first of a list, and how many more there are.
 *
 * @example someOf(names, 3) // "a, b, c and 409 more"
 */
export function someOf(names: readonly string[], shown: number): string {
  const rest = names.length - shown;
  return rest > 1
    ? `${names.slice(0, shown).join(", ")} and ${rest.toLocaleString("en-US")} more`
    : names.join(", ");
}

/**
 * A text in lines, behind a lead that the following ones are indented to. A word that is longer than a line is cut.
 *
 * @param width columns that every line fits into
 */
export function wrapped(text: string, lead = "", width = terminal): readonly string[] {
  const indent = [...withoutColours(lead)].length;
  const room = width - indent;
  const lines: string[] = [];
  for (const word of printable(text)
    .split(" ")
    .flatMap((each) => piecesOf(each, room))) {
    const line = lines.at(-1);
    if (line !== undefined && columns(line) + 1 + columns(word) <= room)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => `${index === 0 ? lead : " ".repeat(indent)}${line}`);
}

/** Cuts what is longer than so many characters, and shows that. */
export function shortened(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** A word in pieces that fit. */
function piecesOf(word: string, room: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let left = room;
  for (const character of word) {
    const needs = columns(character);
    if (needs > left) {
      pieces.push(piece);
      [piece, left] = ["", room];
    }
    piece += character;
    left -= needs;
  }
  return [...pieces, piece];
}

/** Wide characters, such as those of Chinese and most emoji, take two columns. */
function columns(text: string): number {
  let sum = 0;
  for (const character of text)
    sum +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  return sum;
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what colours are made of
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
