import { FleetErrors } from "./errors";

/** Whether standard output holds the JSON that was asked for. */
let isPrinted = false;

/** Prints JSON on standard output, as every command does. */
export function printJson(value: unknown): void {
  isPrinted = true;
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** What a command prints as JSON that has failed as a whole. */
export interface Failure {
  readonly ok: false;
  readonly error: string;
  /** What is wrong with the fleet file, if that is what is wrong. */
  readonly diagnostics?: FleetErrors["diagnostics"];
}

/**
 * Prints why there is no result, unless there is one: with `--json`, standard output holds one document, whatever happens.
 *
 * @param around what stands around the object. @default nothing
 */
export function printFailure(
  error: unknown,
  around: (failure: Failure) => unknown = (failure) => failure,
): void {
  if (isPrinted) return;
  const message = error instanceof Error ? error.message.replace(/^error: /, "") : String(error);
  const diagnostics = error instanceof FleetErrors ? { diagnostics: error.diagnostics } : {};
  printJson(around({ ok: false, error: message, ...diagnostics }));
}

/**
 * Does what a command does; where it fails as a whole, its JSON still has the form that its readers expect.
 *
 * @param more what else its object holds
 * @param around what stands around its object: by default, the list that it is one of
 */
export async function orJsonError<T>(
  json: boolean,
  more: Readonly<Record<string, string | undefined>>,
  work: () => Promise<T>,
  around: (failure: object) => unknown = (failure) => [failure],
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (json) printFailure(error, (failure) => around({ ...more, ...failure }));
    throw error;
  }
}

/**
 * Prints a failure in the end if nothing else was printed: where a usage error, an interruption or an event that never
 * came has ended the process before a command could say anything.
 */
export function promiseJson(): void {
  process.once("exit", (code) => {
    if (code !== 0) printFailure("the command ended without a result; standard error says more");
  });
}
