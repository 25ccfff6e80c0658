import type { Path } from "./diagnostics";

/** Characters of a value that a message shows at most. */
const shownLength = 60;

/** A value as a message shows it: in double quotes if it is a text, shortened if it is long. */
export function quoted(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a map";
  const text = String(value);
  const shown = text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
  return typeof value === "string" ? JSON.stringify(shown) : shown;
}

/** Names in quotes, with commas. */
export function listed(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(", ");
}

/** The last key of a path, with the list positions behind it, in quotes: `"layers[2]"`. */
export function keyName(path: Path): string {
  const start = path.findLastIndex((part) => typeof part === "string");
  const [key = "fleet file", ...positions] = path.slice(Math.max(start, 0));
  return `"${key}${positions.map((position) => `[${position}]`).join("")}"`;
}

/** `1 route`, `2 routes`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}
