/** What a person who presses Ctrl-C wants. */
export interface Interrupts {
  /** Aborted at the first Ctrl-C, SIGTERM or SIGHUP: stop, in good order. */
  readonly stop: AbortSignal;
  /** Aborted at the second: stop now. A third ends the process at once. */
  readonly hurry: AbortSignal;
}

/** Milliseconds within which signals are one press: npm passes on a Ctrl-C that the terminal has sent already. */
const onePress = 500;

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
  return { stop: controllers[0].signal, hurry: controllers[1].signal };
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
