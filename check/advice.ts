import type { Problem } from "../fleet/diagnostics";
import { continentOf } from "../fleet/geography/countries";
import { findRegion } from "../fleet/geography/regions";
import type { CellEntry } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { targetsOf } from "./written";

/** What would be simpler, or safer. Nothing here stops anything. */
export function advice({ file }: CheckInput): readonly Problem[] {
  return Object.entries(file.cells).flatMap(([cell, entry]) => {
    const path = ["cells", cell, "targets"];
    const regions = new Set(targetsOf(cell, entry).map(({ region }) => region));
    // How many there are, nobody can say as long as one of them leads nowhere.
    if ([...regions].some((region) => !findRegion(region))) return [];
    if (regions.size === 1) {
      return [
        problem("single-region", path, {
          message: `cell "${cell}" has one region, ${[...regions][0]}`,
          fix: "add a second region if the cell must go on answering without the first",
          atKey: true,
        }),
      ];
    }
    if (regions.size === 0 || needsSeveral(entry)) return [];
    return [
      problem("simpler-single-region", path, {
        message: `cell "${cell}" has ${regions.size} regions, but neither a tenant, a zone nor viewers on more than one continent`,
        fix: 'keep one region behind CloudFront, or say with "viewers" where the cell is used',
        atKey: true,
      }),
    ];
  });
}

function needsSeveral({ tenant, zone, zones, viewers = [] }: CellEntry): boolean {
  const isKept = tenant !== undefined || zone !== undefined || zones !== undefined;
  return isKept || new Set(viewers.map(continentOf)).size > 1;
}
