import { requireFleet } from "./require-fleet";
import { changeDrains } from "./run/change-drains";
import { cellsIn } from "./run/drain-cells";
import { drainRegion } from "./run/drain-decision";
import { outcomeOf, reportOutcomes } from "./run/drain-report";

/** Options of `meridian drain`. */
export interface DrainOptions {
  readonly cell?: string;
  readonly reason?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/**
 * `meridian drain`: takes a region out of the routing of the cells that have it, without a deploy. Works on what the
 * caller's AWS_ variables name: AWS, or a sandbox.
 */
export async function drain(file: string, region: string, options: DrainOptions): Promise<void> {
  const fleet = await requireFleet(file);
  const cells = cellsIn(fleet, region, options.cell);
  const reason = options.reason?.trim().replace(/\s+/g, " ");
  const since = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const decide = drainRegion({ region, since, ...(reason && { reason }) }, options.force ?? false);
  const done = await changeDrains({ fleet, cells, takenOut: region }, decide);
  reportOutcomes(
    done.map((cell) => outcomeOf(region, true, cell)),
    options.json ?? false,
  );
}
