import { requireFleet } from "./require-fleet";
import { changeDrains } from "./run/change-drains";
import { cellsIn } from "./run/drain-cells";
import { undrainRegion } from "./run/drain-decision";
import { outcomeOf, reportOutcomes } from "./run/drain-report";

/** `meridian undrain`: puts a region back into the routing of the cells that have it. */
export async function undrain(
  file: string,
  region: string,
  options: { readonly cell?: string; readonly json?: boolean },
): Promise<void> {
  const fleet = await requireFleet(file);
  const cells = cellsIn(fleet, region, options.cell);
  const done = await changeDrains({ fleet, cells, takenOut: region }, undrainRegion(region));
  reportOutcomes(
    done.map((cell) => outcomeOf(region, false, cell)),
    options.json ?? false,
  );
}
