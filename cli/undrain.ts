import { otherEndpoint } from "../operations/aws/endpoint";
import { undrainRegion } from "../operations/drains/decision";
import type { FailedCell, OpenCell } from "../operations/drains/open-cells";
import { orJsonError } from "./output/json";
import { requireApprover } from "./shared/approval";
import { cellsIn, cellsOf, noSuchRegion } from "./shared/cells";
import { changeAndReport, drainIntent } from "./shared/change-drains";
import { deployedFleet } from "./shared/fleet";

/** Options of `meridian undrain`. */
export interface UndrainOptions {
  readonly cell?: readonly string[];
  readonly store?: string;
  /** Undrain without asking. */
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * `meridian undrain`: puts a region back into the routing of the cells that have it. A region that no cell has any more
 * may still be drained in a store, and is taken out there.
 *
 * @throws {UserError} no cell has the region, and no store, or nobody approved: nothing was undrained
 */
export async function undrain(file: string, region: string, options: UndrainOptions): Promise<void> {
  const { json = false, store, yes = false } = options;
  const endpoint = otherEndpoint(process.env);
  const command = { region, drains: false, endpoint, json, isApproved: yes };
  await orJsonError(json, { region, endpoint }, async () => {
    requireApprover(drainIntent(command), yes);
    const fleet = await deployedFleet(file);
    const named = cellsOf(fleet, options.cell);
    const having = cellsIn(named, region);
    const choose = (opened: readonly (OpenCell | FailedCell)[]) => {
      if (having.length > 0) return opened;
      const concerned = opened.filter((open) => "error" in open || isDrainedIn(open, region));
      if (concerned.length > 0) return concerned;
      throw noSuchRegion(region, named, ", nor is it drained in any store");
    };
    const lookup = { fleet, cells: having.length > 0 ? having : named, takenOut: region, store };
    await changeAndReport(command, lookup, { decide: undrainRegion(region), choose });
  });
}

function isDrainedIn({ reading }: OpenCell, region: string): boolean {
  return reading.drains.some((drain) => drain.region === region);
}
