import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { promisify } from "node:util";

/**
 * An id for a run that sorts by time.
 *
 * @example newRunId(new Date()) // "2026-11-26T17-20-00Z-3f9a1c"
 */
export function newRunId(now: Date): string {
  return `${now.toISOString().slice(0, 19).replaceAll(":", "-")}Z-${randomBytes(3).toString("hex")}`;
}

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
