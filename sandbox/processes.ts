import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

const groups = new Set<number>();
let exitHookInstalled = false;

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** The last resort when this process ends without closing what it started. Only synchronous work is possible there. */
function installExitHook(): void {
  if (exitHookInstalled) return;
  exitHookInstalled = true;
  process.on("exit", () => {
    for (const pid of groups) signalGroup(pid, "SIGKILL");
  });
}

/**
 * Starts a process as the leader of a group of its own: Ctrl-C in the terminal does not reach it, and the whole group,
 * children included, can be ended at once with {@link endGroup}. The group never outlives this process's normal exit.
 */
export function spawnGroup(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  installExitHook();
  const child = spawn(command, args, { ...options, detached: true });
  const { pid } = child;
  if (pid !== undefined) {
    groups.add(pid);
    child.once("exit", () => {
      // What the leader left behind in its group goes with it.
      signalGroup(pid, "SIGKILL");
      groups.delete(pid);
    });
  }
  return child;
}

/**
 * Ends a process started by {@link spawnGroup} together with its group: SIGTERM, and SIGKILL after `grace` milliseconds
 * (0: SIGKILL at once). Resolves when the leader is gone.
 */
export async function endGroup(child: ChildProcess, grace: number): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  if (grace > 0) signalGroup(pid, "SIGTERM");
  const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), grace);
  await gone;
  clearTimeout(timer);
}
