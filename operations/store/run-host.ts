import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { promisify } from "node:util";
import type { RunHost, RunRecord } from "./model";

/**
 * An id for a run that sorts by time.
 *
 * @example newRunId(new Date()) // "2026-11-26T17-20-00Z-3f9a1c"
 */
export function newRunId(now: Date): string {
  return `${now.toISOString().slice(0, 19).replaceAll(":", "-")}Z-${randomBytes(3).toString("hex")}`;
}

/** This process, so that it can be told later whether it still runs. */
export function runHost(): RunHost {
  return {
    name: hostname(),
    boot: orUndefined(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    namespace: orUndefined(() => readlinkSync("/proc/self/ns/pid")),
    user: orUndefined(() => userInfo().username),
    pid: process.pid,
    started: processStart(process.pid),
  };
}

/**
 * When a process of this machine was started: in clock ticks since the machine was, as Linux counts them. Undefined where
 * there is no such process, and on other systems.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function processStart(pid: number): string | undefined {
  const stat = orUndefined(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The second field is the program's name, in parentheses, and may hold anything. The third is the state: one that has
  // ended and is only not yet taken note of does nothing any more. The 22nd is what is looked for.
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === "Z" || state === "X" ? undefined : fields[22 - 4];
}

/**
 * What becomes of a run: how it ended, or whether it still runs. `killed` only where that can be seen: on the same machine,
 * not started anew since. Elsewhere nobody knows: `unfinished`.
 */
export function runStatus(
  { host, outcome }: Pick<RunRecord, "host" | "outcome">,
  here: RunHost = runHost(),
): RunStatus {
  if (outcome !== undefined) return outcome;
  const isHere = host.name === here.name && host.boot === here.boot && host.namespace === here.namespace;
  if (!isHere || host.started === undefined) return "unfinished";
  return processStart(host.pid) === host.started ? "running" : "killed";
}

/** See {@link runStatus}. */
export type RunStatus = NonNullable<RunRecord["outcome"]> | "running" | "killed" | "unfinished";

/** `user@host`. */
export function whoRuns(): string {
  const user =
    orUndefined(() => userInfo().username) ?? process.env.USER ?? String(process.getuid?.() ?? "?");
  return `${user}@${hostname()}`;
}

/** Milliseconds for git, which may lie on a slow disk. */
const gitLimit = 5_000;

/**
 * The commit that the sources are at, with `-dirty` behind it where files were changed or added since. Undefined where
 * there is no git, no commit, or no answer within five seconds.
 *
 * @param folder of the sources
 */
export async function sourceRevision(folder: string): Promise<string | undefined> {
  const { HOME, PATH } = process.env;
  // Nothing of the caller's: GIT_DIR would answer for another repository.
  const env = { HOME, PATH, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
  const git = async (...args: readonly string[]) => {
    const options = { cwd: folder, env, timeout: gitLimit, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)("git", ["-c", "core.fsmonitor=false", ...args], options);
    return stdout.trim();
  };
  try {
    const commit = await git("rev-parse", "--verify", "HEAD");
    return (await git("status", "--porcelain")) === "" ? commit : `${commit}-dirty`;
  } catch {
    return undefined;
  }
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
