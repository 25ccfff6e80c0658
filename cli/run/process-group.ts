import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { descendants } from "./descendants";

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
  /** Stops it as Ctrl-C would, when aborted. */
  readonly signal?: AbortSignal;
  /**
   * A program below the command that must be allowed to finish, e.g. `terraform`: stopping waits for its processes and
   * lets no new ones begin. @default the command is interrupted, with all below it
   */
  readonly worker?: string;
  /** When aborted, workers are no longer waited for but interrupted. */
  readonly hurry?: AbortSignal;
}

/** How a program ended. */
export interface GroupResult {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null;
  /** Whether it was stopped: by the signal, or because its time was up. */
  readonly stopped?: "aborted" | "timeout";
}

/** Milliseconds from one signal to the next, harder one. */
const patience = { finish: 30 * 60_000, interrupt: 60_000, terminate: 10_000 };

/**
 * Runs a program and whatever it starts, line by line, and returns when none of it is left.
 *
 * Ctrl-C in the terminal does not reach the group: this process decides when and how it stops.
 */
export async function runGroup(options: GroupOptions): Promise<GroupResult> {
  const { args, command, cwd, env, hurry, onLine, signal, timeout, worker } = options;
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  createInterface({ input: child.stdout }).on("line", onLine);
  createInterface({ input: child.stderr }).on("line", onLine);
  if (child.pid === undefined) return { code: await ended };

  const group = child.pid;
  const lastResort = () => sendSignal(-group, "SIGKILL");
  process.once("exit", lastResort);
  let stopped: GroupResult["stopped"];
  const stop = (reason: "aborted" | "timeout") => {
    if (stopped) return;
    stopped = reason;
    void (worker ? stopWorkers(group, worker, hurry) : stopGroup(group));
  };
  const abort = () => stop("aborted");
  const timer = setTimeout(() => stop("timeout"), timeout);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  try {
    const code = await ended;
    await until(() => !isAlive(-group), patience.terminate);
    return { code, stopped };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    process.removeListener("exit", lastResort);
    lastResort();
  }
}

/**
 * The CLI of CDKTF answers an interruption by hanging up on Terraform, which then leaves its lock behind and forgets
 * what it was just creating. So it is held still, which lets no further stack begin, while Terraform finishes those
 * that have begun. In a hurry Terraform is interrupted: it then writes its state and releases its lock, but a call
 * that is under way at that moment may have made something that the state does not know.
 */
async function stopWorkers(leader: number, worker: string, hurry: AbortSignal | undefined): Promise<void> {
  const workers = () => descendants(leader, worker);
  sendSignal(leader, "SIGSTOP");
  await until(() => workers().length === 0 || hurry?.aborted === true, patience.finish);
  for (const pid of workers()) sendSignal(pid, "SIGINT");
  await until(() => workers().length === 0, patience.interrupt);
  sendSignal(-leader, "SIGKILL");
}

async function stopGroup(group: number): Promise<void> {
  sendSignal(-group, "SIGINT");
  if (await until(() => !isAlive(-group), patience.interrupt)) return;
  sendSignal(-group, "SIGTERM");
  if (await until(() => !isAlive(-group), patience.terminate)) return;
  sendSignal(-group, "SIGKILL");
}

/** Waits until something holds; false when it still does not after `within` milliseconds. */
async function until(holds: () => boolean, within: number): Promise<boolean> {
  for (const end = Date.now() + within; !holds(); ) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}

function isAlive(pid: number): boolean {
  return sendSignal(pid, 0);
}

/** Whether there is anyone to receive it. A negative id means a group. */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
