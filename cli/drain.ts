import type { Cell } from "../fleet/model";
import { otherEndpoint } from "../operations/aws/endpoint";
import { drainRegion } from "../operations/drains/decision";
import { drainLine } from "./output/command-lines";
import { printable } from "./output/drain-report";
import { orJsonError } from "./output/json";
import { requireApprover } from "./shared/approval";
import { cellsIn, cellsOf, noSuchRegion } from "./shared/cells";
import { changeAndReport, drainIntent } from "./shared/change-drains";
import { deployedFleet } from "./shared/fleet";

/** Options of `meridian drain`. */
export interface DrainOptions {
  readonly cell?: readonly string[];
  readonly reason?: string;
  readonly force?: boolean;
  readonly store?: string;
  /** Drain without asking. */
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * `meridian drain`: takes a region out of the routing of the cells that have it, without a deploy. Works on what the
 * caller's AWS_ variables name: AWS, or a sandbox.
 *
 * @throws {UserError} no cell has the region, some would have none left, or nobody approved: nothing was drained
 */
export async function drain(file: string, region: string, options: DrainOptions): Promise<void> {
  const { force = false, json = false, store, yes = false } = options;
  const endpoint = otherEndpoint(process.env);
  const command = { region, drains: true, endpoint, json, isApproved: yes };
  await orJsonError(json, { region, endpoint }, async () => {
    requireApprover(drainIntent(command), yes);
    const fleet = await deployedFleet(file);
    const named = cellsOf(fleet, options.cell);
    const cells = cellsIn(named, region);
    if (cells.length === 0) throw noSuchRegion(region, named);
    const reason = printable(options.reason ?? "");
    const since = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const decide = drainRegion({ region, since, ...(reason && { reason }) }, force);
    const commandFor = (others: readonly Cell[]) => drainLine(file, region, others, reason);
    const lookup = { fleet, cells, takenOut: region, store };
    await changeAndReport(command, lookup, { decide, commandFor });
  });
}
