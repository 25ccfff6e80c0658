import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A program to run in a process group of its own. */
export interface GroupOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of its environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds after which it is stopped as if by Ctrl-C. */
  readonly timeout: number;
  readonly onLine: (line: string) => void;
  /** Told the id of the process group as soon as it has begun. */
  readonly onStart?: (group: number) => void;
  /** Stops it as Ctrl-C would, when aborted. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface GroupResult {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null;
  /** Whether it was stopped: by the signal, or because its time was up. */
  readonly stopped?: "aborted" | "timeout";
}

/** Milliseconds from one signal to the next, harder one. */
const patience = { interrupt: 60_000, terminate: 10_000 };

/**
 * Runs a program and whatever it starts, line by line, and returns when none of it is left.
 *
 * Ctrl-C in the terminal does not reach the group: this process decides when and how it stops.
 */
export async function runGroup(options: GroupOptions): Promise<GroupResult> {
  const { args, command, cwd, env, onLine, signal, timeout } = options;
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  createInterface({ input: child.stdout }).on("line", onLine);
  createInterface({ input: child.stderr }).on("line", onLine);
  if (child.pid === undefined) return { code: await ended };

  const group = child.pid;
  options.onStart?.(group);
  const lastResort = () => void sendSignal(-group, "SIGKILL");
  process.once("exit", lastResort);
  let stopped: GroupResult["stopped"];
  const stop = (reason: "aborted" | "timeout") => {
    if (stopped) return;
    stopped = reason;
    void interruptGroup(group);
  };
  const abort = () => stop("aborted");
  const timer = setTimeout(() => stop("timeout"), timeout);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  try {
    const code = await ended;
    const isGone = () => !isAlive(-group);
    if (!(await until(isGone, patience.terminate))) {
      lastResort();
      await until(isGone, patience.terminate);
    }
    return { code, stopped };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    process.removeListener("exit", lastResort);
    lastResort();
  }
}

async function interruptGroup(group: number): Promise<void> {
  sendSignal(-group, "SIGINT");
  if (await until(() => !isAlive(-group), patience.interrupt)) return;
  sendSignal(-group, "SIGTERM");
  if (await until(() => !isAlive(-group), patience.terminate)) return;
  sendSignal(-group, "SIGKILL");
}

/**
 * Sends a signal to a process, or, with a negative id, to a group.
 *
 * @returns whether there was anyone to receive it
 */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Whether a process, or, with a negative id, any of a group, is there. */
export function isAlive(pid: number): boolean {
  return sendSignal(pid, 0);
}

/** Waits until something holds; false when it still does not after `within` milliseconds. */
export async function until(holds: () => boolean, within: number): Promise<boolean> {
  for (const end = Date.now() + within; !holds(); ) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}
