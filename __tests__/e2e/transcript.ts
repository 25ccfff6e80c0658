import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxSession } from "../../cli/shared/sandbox-session";
import { projectRoot } from "../../fleet/project";

/** A command of a page, and what it prints. */
interface Step {
  readonly command: string;
  /** As the page has it. */
  readonly output: string;
}

/** The commands in the `console` blocks of a page of Markdown, in order. A line that begins with `$ ` is one. */
function stepsOf(page: string): readonly Step[] {
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
function withOutputs(page: string, outputs: readonly string[]): string {
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
function presentable(text: string): string {
  return own.reduce((result, [what, by]) => result.replaceAll(what, by), text);
}

/** What differs from run to run. */
const changing: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d[-:]\d\d([-:]\d\d)?Z?(-[0-9a-f]{6,8})?/g, "<time>"],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<id>"],
  [/\b[0-9a-f]{7,40}(-dirty)?\b/g, "<revision>"],
  [/\b\d+(\.\d+)? s\b/g, "<seconds>"],
  // Of bundles, whose size is another with each version of what is put around handlers.
  [/\b\d+(\.\d+)? (bytes|KB)\b/g, "<size>"],
  [/[─-]{2,}/g, "--"],
  [/ +/g, " "],
];

/** A text without what differs from run to run, line by line, for tables are as wide as what is in them. */
function steady(text: string): readonly string[] {
  const replaced = changing.reduce((result, [what, by]) => result.replaceAll(what, by), presentable(text));
  return replaced
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** A shell in a fleet's folder, in which `npx meridian` is the project's own. */
export interface Shell {
  readonly env: Readonly<Record<string, string>>;
  /** Runs a line; what it prints on standard output. */
  run(command: string): Promise<string>;
  /** Deletes what it has needed. */
  remove(): void;
}

/** @param folder of the fleet, whose file is `fleet.yaml` */
export function shellIn(folder: string, session: SandboxSession): Shell {
  const bin = mkdtempSync(join(tmpdir(), "meridian-npx-"));
  const npx = join(bin, "npx");
  const program = JSON.stringify(join(projectRoot, "bin", "meridian.js"));
  writeFileSync(npx, `#!/bin/sh\nshift\nexec ${JSON.stringify(process.execPath)} ${program} "$@"\n`);
  chmodSync(npx, 0o755);
  const env = {
    ...session.env,
    PATH: `${bin}:${process.env.PATH}`,
    CDKTF_OUTPUT: session.output,
    MERIDIAN_FLEET: join(folder, "fleet.yaml"),
    NO_COLOR: "1",
  };
  return {
    env,
    run: (command) =>
      new Promise((resolve) => {
        execFile("bash", ["-c", command], { cwd: folder, env }, (_, stdout) => resolve(stdout));
      }),
    remove: () => rmSync(bin, { recursive: true }),
  };
}

/**
 * Holds a page against what its commands print, one after the other; with TRANSCRIPT=write, writes that into it.
 *
 * @param least how many commands the page has to have
 */
export async function requireTranscript(page: string, shell: Shell, least: number): Promise<void> {
  const text = readFileSync(page, "utf8");
  const steps = stepsOf(text);
  expect(steps.length).toBeGreaterThanOrEqual(least);
  const outputs: string[] = [];
  for (const { command } of steps) outputs.push(presentable(await shell.run(command)));
  if (process.env.TRANSCRIPT === "write") {
    writeFileSync(page, withOutputs(text, outputs));
    return;
  }
  const shown = steps.map(({ command, output }) => [command, ...steady(output)]);
  expect(steps.map(({ command }, index) => [command, ...steady(outputs[index] ?? "")])).toEqual(shown);
}
