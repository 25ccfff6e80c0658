import { UserError } from "../../fleet/errors";

/** Prints JSON on standard output, as every command does. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Does what a command does; where it fails as a whole, standard output still holds the JSON that was asked for.
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
    if (json && error instanceof UserError) printJson(around({ ...more, ok: false, error: error.message }));
    throw error;
  }
}
