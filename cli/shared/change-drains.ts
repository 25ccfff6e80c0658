import type { Cell } from "../../fleet/model";
import { elsewhere } from "../../operations/aws/endpoint";
import { type Change, type ChangedCell, changeDrains } from "../../operations/drains/change-drains";
import type { FailedCell, StoreLookup } from "../../operations/drains/open-cells";
import { type DrainRequest, outcomeOf, reportOutcome } from "../output/drain-report";
import { printJson } from "../output/json";
import { caller } from "./environment";

/**
 * Changes drains and reports each cell as soon as it is through; JSON at the end. After an interruption, says what
 * is not known.
 *
 * @throws {UserError} nothing was changed
 */
export async function changeAndReport(
  request: DrainRequest,
  lookup: StoreLookup,
  change: Pick<Change, "choose" | "commandFor" | "decide">,
  json: boolean,
): Promise<void> {
  const open = new Set<Cell>();
  const interrupted = () => {
    process.stderr.write(`${interruptedIn(request, [...open])}\n`);
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  try {
    const onBegin = (cells: readonly Cell[]) => {
      for (const cell of cells) open.add(cell);
    };
    const onDone = (done: ChangedCell | FailedCell) => {
      open.delete(done.cell);
      reportOutcome(outcomeOf(request, done), json);
    };
    const done = await changeDrains(lookup, { ...change, onBegin, onDone }, caller);
    if (json) printJson(done.map((cell) => outcomeOf(request, cell)));
  } finally {
    process.removeListener("SIGINT", interrupted);
  }
}

/** What is not known after an interruption, while these cells were being written to. */
export function interruptedIn({ drains, endpoint, region }: DrainRequest, cells: readonly Cell[]): string {
  const where = elsewhere(endpoint);
  if (cells.length === 0)
    return `interrupted${where}: nothing was being written; what was done is listed above`;
  const names = cells.map(({ name }) => name).join(", ");
  const what = drains ? "is drained" : "is still drained";
  return `interrupted${where}: it is not known whether ${region} ${what} in ${names}; see npx meridian drains`;
}
