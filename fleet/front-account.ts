import type { CellEntry } from "./schema/fleet-file";

/** The account that a cell's front lives in: the first of its targets' by name, unless it names one. */
export function frontAccount(entry: CellEntry): string | undefined {
  return entry.front?.account ?? Object.keys(entry.targets).sort()[0];
}
