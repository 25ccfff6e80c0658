import type { Fleet } from "../fleet/model";
import { orJsonError, printJson } from "./output/json";
import { table } from "./output/table";
import { waitingNotes } from "./shared/cells";
import { requireFleet } from "./shared/fleet";

/** One line of `meridian targets`. */
export interface TargetRow {
  readonly cell: string;
  readonly account: string;
  readonly accountId: string;
  readonly region: string;
  readonly alias: string;
  readonly stack: string;
}

/** All targets of a fleet, cell by cell, each cell's in order of preference. */
export function targetRows(fleet: Fleet): readonly TargetRow[] {
  return fleet.cells.flatMap((cell) =>
    cell.targets.map(({ account, region, alias, stack }) => ({
      cell: cell.name,
      account: account.name,
      accountId: account.id,
      region,
      alias,
      stack,
    })),
  );
}

/** `meridian targets`: which cell runs where, with which provider, in which stack. */
export async function targets(file: string, options: { readonly json?: boolean }): Promise<void> {
  const { json = false } = options;
  const { fleet } = await orJsonError(json, {}, () => requireFleet(file));
  const rows = targetRows(fleet);
  if (json) {
    printJson(rows);
    return;
  }
  const lines = table(
    ["cell", "account", "account id", "region", "alias", "stack"],
    rows.map((row) => [row.cell, row.account, row.accountId, row.region, row.alias, row.stack]),
  );
  process.stdout.write(`${[lines, ...waitingNotes(fleet)].join("\n")}\n`);
}
