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
