import type { Cell } from "../../fleet/model";
import { elsewhere } from "../../operations/aws/endpoint";
import { stsRegions } from "../../operations/aws/role-credentials";
import { type Change, type ChangedCell, changeDrains } from "../../operations/drains/change-drains";
import type { FailedCell, StoreLookup } from "../../operations/drains/open-cells";
import { whenNobodyReads } from "../output/closed-pipe";
import { type DrainRequest, outcomeOf, reportOutcome } from "../output/drain-report";
import { printJson } from "../output/json";
import { announce, approve, type Intent } from "./approval";
import { caller } from "./environment";

/** How a change of drains is asked for. */
export interface DrainCommand extends DrainRequest {
  readonly json: boolean;
  /** Whether the command line approves of it. */
  readonly isApproved: boolean;
}

/** What a change of drains is called where it is refused. */
export function drainIntent({ drains, region }: DrainRequest): Pick<Intent, "look" | "otherwise"> {
  return drains
    ? { otherwise: "nothing was drained", look: `npx meridian drill --drained ${region}` }
    : { otherwise: "nothing was undrained", look: "npx meridian drains" };
}

/**
 * Changes drains, once it is approved, and reports each cell as soon as it is through; JSON at the end. After an
 * interruption, says what is not known.
 *
 * @throws {UserError} nothing was changed
 */
export async function changeAndReport(
  command: DrainCommand,
  lookup: StoreLookup,
  change: Pick<Change, "choose" | "commandFor" | "decide">,
): Promise<void> {
  const open = new Set<Cell>();
  const interrupted = () => {
    process.stderr.write(`${interruptedIn(command, [...open])}\n`);
    process.exit(130);
  };
  for (const signal of signals) process.once(signal, interrupted);
  try {
    const onBegin = async (cells: readonly Cell[]) => {
      const intent = intentOf(command, cells);
      const destination = await announce(intent, stsRegions(lookup.fleet, lookup.takenOut), caller);
      await approve(intent, destination, command);
      // What is written is read back, also where nobody reads what is said about it.
      whenNobodyReads(() => {});
      for (const cell of cells) open.add(cell);
    };
    const onDone = (done: ChangedCell | FailedCell) => {
      open.delete(done.cell);
      reportOutcome(outcomeOf(command, done), command.json);
    };
    const done = await changeDrains(lookup, { ...change, onBegin, onDone }, caller);
    if (command.json) printJson(done.map((cell) => outcomeOf(command, cell)));
  } finally {
    for (const signal of signals) process.removeListener(signal, interrupted);
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function intentOf(request: DrainRequest, cells: readonly Cell[]): Intent {
  const { drains, region } = request;
  const where = `${region} in ${cells.map(({ name }) => name).join(", ")}, at`;
  const [doing, question] = drains ? ["Draining", "Drain"] : ["Undraining", "Undrain"];
  return { ...drainIntent(request), doing: `${doing} ${where}`, question: `${question} ${where}` };
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
