import { readFileSync } from "node:fs";

/** A command of a page, and what it prints. */
export interface Step {
  readonly command: string;
  /** As the page has it. */
  readonly output: string;
}

/** The commands in the `console` blocks of a page of Markdown, in order. A line that begins with `$ ` is one. */
export function stepsOf(page: string): readonly Step[] {
  const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = "", ...lines] = text.split("\n");
        return { command, output: lines.join("\n").trimEnd() };
      }),
  );
}

/** The page with other outputs of its commands, in the same order. */
export function withOutputs(page: string, outputs: readonly string[]): string {
  const left = [...outputs];
  return page.replace(/^```console\n(.*?)^```$/gms, (_, block: string) => {
    const steps = block.split(/^\$ /m).slice(1);
    const written = steps.map((text) => {
      const output = left.shift()?.trimEnd() ?? "";
      return `$ ${text.split("\n")[0]}\n${output === "" ? "" : `${output}\n`}`;
    });
    return `\`\`\`console\n${written.join("")}\`\`\``;
  });
}

/** What of the machine or of the moment is not for a page to show. */
const own: readonly (readonly [RegExp, string])[] = [
  [/127\.0\.0\.1:\d+/g, "127.0.0.1:4566"],
  [/\b[\w.-]+@[\w.-]+\b/g, "ann@dev"],
  [/\b[a-z0-9]{32}(?=\.lambda-url)/g, "4f2ab1c9…"],
];

/** A text as a page may show it. */
export function presentable(text: string): string {
  return own.reduce((result, [what, by]) => result.replaceAll(what, by), text);
}

/** What differs from run to run. */
const changing: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d[-:]\d\d([-:]\d\d)?Z?(-[0-9a-f]{6,8})?/g, "<time>"],
  [/\b[0-9a-f]{7,40}(-dirty)?\b/g, "<revision>"],
  [/\b\d+(\.\d+)? s\b/g, "<seconds>"],
  // Of bundles, whose size is another with each version of what is put around handlers.
  [/\b\d+(\.\d+)? (bytes|KB)\b/g, "<size>"],
  [/[─-]{2,}/g, "--"],
  [/ +/g, " "],
];

/** A text without what differs from run to run, line by line, for tables are as wide as what is in them. */
export function steady(text: string): readonly string[] {
  const replaced = changing.reduce((result, [what, by]) => result.replaceAll(what, by), presentable(text));
  return replaced
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** A page of the docs. */
export function readPage(file: string): string {
  return readFileSync(file, "utf8");
}
