import { whenNobodyReads } from "../output/closed-pipe";

/** What a person who presses Ctrl-C wants. */
export interface Interrupts {
  /**
   * Aborted at the first Ctrl-C, SIGTERM or SIGHUP, once nobody reads what is printed, and once the npm is gone that this was
   * started by: stop, in good order.
   */
  readonly stop: AbortSignal;
  /** Aborted at the second: stop now. A third ends the process at once. */
  readonly hurry: AbortSignal;
}

/** Milliseconds within which signals are one press: npm passes on a Ctrl-C that the terminal has sent already. */
const onePress = 500;

/** Milliseconds between two looks at who started this process. */
const parentWatch = 500;

/** Listens for interruptions from now on. */
export function listenForInterrupts(): Interrupts {
  const controllers = [new AbortController(), new AbortController()] as const;
  let last = Number.NEGATIVE_INFINITY;
  const interrupt = () => {
    const now = Date.now();
    if (now - last < onePress) return;
    last = now;
    const next = controllers.find(({ signal }) => !signal.aborted);
    if (next) next.abort();
    else process.exit(130);
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupt);
  const stop = () => controllers[0].abort();
  whenNobodyReads(stop);
  if (isStartedByNpm(process.env)) watchParent(stop);
  return { stop: controllers[0].signal, hurry: controllers[1].signal };
}

/**
 * npm and npx pass on a signal to the shell that they start programs in, and not every shell passes it on: Debian's `dash`
 * ends, and leaves its program to the system. Whoever has ended npm means what npm has started.
 */
function isStartedByNpm({ npm_command: command }: NodeJS.ProcessEnv): boolean {
  return command !== undefined;
}

/** Calls back once the process that started this one is gone. */
function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, parentWatch);
  timer.unref();
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
