import { spawn } from "node:child_process";
import { resolve as resolvePath } from "node:path";
import { projectRoot } from "../../fleet/project";

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how to run a program. */
export interface RunOptions {
  /** @default the project's folder */
  readonly cwd?: string;
  /** Of the caller's environment, a program gets only PATH and HOME besides this. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program as its users do: compiled, in a process of its own.
 *
 * @param program one of the project's, e.g. `bin/meridian.js`, or the path of another
 */
export function runNode(
  program: string,
  args: readonly string[] = [],
  { cwd = projectRoot, env = {} }: RunOptions = {},
): Promise<Ended> {
  const { HOME = "", PATH = "" } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [resolvePath(projectRoot, program), ...args], {
      cwd,
      env: { HOME, PATH, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
