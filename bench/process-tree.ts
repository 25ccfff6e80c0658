import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { Run } from "./measure";

/** One run of a program with all that it starts. Its memory is the most that all of them had together. */
export interface TreeRun extends Run {
  /** Computed by all of them. */
  readonly cpuSeconds: number;
}

/** A program and how it is to end. */
export interface TreeProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Exit code. @default 0 */
  readonly code?: number;
}

/** Milliseconds between two looks at the memory. */
const interval = 25;

/** Minutes after which a program is ended. */
const timeLimit = 15;

/**
 * Runs a program once, and follows all that it starts. Works on Linux only, for it looks into /proc. Memory that processes
 * share, such as Node's own code, counts for each of them: to the program's disadvantage.
 *
 * @throws {Error} it ended otherwise than it should, or took too long
 */
export async function runTree({ args, code = 0, command, cwd, env }: TreeProgram): Promise<TreeRun> {
  const options: SpawnOptions = {
    cwd,
    env,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: timeLimit * 60_000,
  };
  const before = cpuOfEnded();
  const start = performance.now();
  const child = spawn(command, args, options);
  const said: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => said.push(text));
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, memoryOf(child.pid as number));
  }, interval);
  const closed = once(child, "close");
  const [ended] = await once(child, "exit").finally(() => clearInterval(timer));
  const seconds = (performance.now() - start) / 1000;
  await closed;
  if (ended !== code) {
    throw new Error(`${command} ${args.join(" ")}: exit code ${ended}\n${said.join("").slice(-2000)}`);
  }
  return { seconds, peakBytes, cpuSeconds: cpuOfEnded() - before };
}

/** Bytes in memory of a process and all below it. */
export function memoryOf(pid: number): number {
  const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return childrenOf(pid).reduce((sum, child) => sum + memoryOf(child), Number(kilobytes) * 1024);
}

/** Any thread can have started them. */
function childrenOf(pid: number): readonly number[] {
  return threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty where the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Seconds that all ended children of this process have computed, and theirs: proc(5), cutime and cstime. */
function cpuOfEnded(): number {
  const fields = read("/proc/self/stat")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

/** What Linux counts in for programs, whatever its own clock. */
const ticksPerSecond = 100;
