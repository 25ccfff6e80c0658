import { UserError } from "../fleet/errors";
import type { Cell } from "../fleet/model";
import { elsewhere } from "../operations/aws/endpoint";
import { type Change, type ChangedCell, changeDrains } from "../operations/drains/change-drains";
import type { FailedCell, Places } from "../operations/drains/open-cells";
import { outcomeOf, reportOutcome, type Wish } from "./output/drain-report";

/**
 * Changes drains and reports each cell as soon as it is through; JSON at the end. After an interruption it is said
 * what is not known.
 *
 * @throws {UserError} nothing was changed
 */
export async function changeAndReport(
  wish: Wish,
  places: Places,
  change: Pick<Change, "choose" | "commandFor" | "decide">,
  json: boolean,
): Promise<void> {
  const open = new Set<Cell>();
  const interrupted = () => {
    process.stderr.write(`${interruptedIn(wish, [...open])}\n`);
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  try {
    const done = await changeDrains(places, {
      ...change,
      onBegin: (cells) => {
        for (const cell of cells) open.add(cell);
      },
      onDone: (cell: ChangedCell | FailedCell) => {
        open.delete(cell.cell);
        reportOutcome(outcomeOf(wish, cell), json);
      },
    });
    if (json) printJson(done.map((cell) => outcomeOf(wish, cell)));
  } finally {
    process.removeListener("SIGINT", interrupted);
  }
}

/** What is not known after an interruption, while these cells were being written to. */
export function interruptedIn({ drains, endpoint, region }: Wish, cells: readonly Cell[]): string {
  const where = elsewhere(endpoint);
  if (cells.length === 0)
    return `interrupted${where}: nothing is being written, and what was done is said above`;
  const names = cells.map(({ name }) => name).join(", ");
  const what = drains ? "is drained" : "is still drained";
  return `interrupted${where}: it is not known whether ${region} ${what} in ${names}; look with npx meridian drains`;
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

/** Prints JSON as every command does. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
