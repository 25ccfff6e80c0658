import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drillSizes, writeDrillFleet } from "../../bench/drill-fleet";
import { checkFleet } from "../../check/load";

test.each(drillSizes)("a fleet of $regions regions and $zones zones passes every check", async (size) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-bench-"));
  try {
    const { checked, diagnostics } = await checkFleet(writeDrillFleet(folder, size));
    expect(diagnostics.filter(({ severity }) => severity !== "info")).toEqual([]);
    const [cell] = checked?.fleet.cells ?? [];
    expect([cell?.targets.length, cell?.zones.length]).toEqual([size.regions, size.zones]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
