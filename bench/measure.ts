import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { projectRoot } from "../fleet/project";
import type { SetUp } from "./set-ups";

/** One run of a program. */
export interface Run {
  /** From its start to its end. */
  readonly seconds: number;
  /** Largest resident set of the process itself, in bytes. Its children are not in it. */
  readonly peakBytes: number;
}

/** Several runs of a program in one. */
export interface Measured extends Run {
  readonly runs: number;
}

/** Minutes after which a program is ended. */
const timeLimit = 15;

const preload = join(projectRoot, "bench", "peak.js");

/**
 * Runs a program once, in an environment of its own.
 *
 * @param scratch folder for a file that the run leaves its peak memory in
 * @throws {Error} the program failed or took too long
 */
export async function run(setUp: SetUp, scratch: string): Promise<Run> {
  const peakFile = join(scratch, "peak");
  rmSync(peakFile, { force: true });
  const start = performance.now();
  const [program = "", ...args] = setUp.args;
  const child = spawn(process.execPath, ["--require", preload, join(projectRoot, program), ...args], {
    cwd: setUp.cwd ?? projectRoot,
    env: { PATH: process.env.PATH, BENCH_PEAK_FILE: peakFile, ...setUp.env },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: timeLimit * 60_000,
    killSignal: "SIGKILL",
  });
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const ended = once(child, "close");
  const [code, signal] = await once(child, "exit");
  const seconds = (performance.now() - start) / 1000;
  await ended;
  if (code !== 0) {
    const why = signal ? `ended by ${signal} after ${seconds.toFixed(0)} s` : `exit code ${code}`;
    throw new Error(`node ${setUp.args.join(" ")}: ${why}\n${said.join("").slice(-2000)}`);
  }
  return { seconds, peakBytes: Number(readFileSync(peakFile, "utf8")) };
}

/** The median of both figures, each for itself. */
export function median(runs: readonly Run[]): Measured {
  return {
    runs: runs.length,
    seconds: middle(runs.map(({ seconds }) => seconds)),
    peakBytes: middle(runs.map(({ peakBytes }) => peakBytes)),
  };
}

/** The value in the middle, or between the two there. */
export function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}
