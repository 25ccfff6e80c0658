import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fleetText, writeFleet } from "../../bench/generate-fleet";
import { loadFleet } from "../../fleet/load";

test.each([1, 9, 100])("a fleet of %d targets passes every check", async (targets) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-bench-"));
  try {
    const { diagnostics, fleet } = await loadFleet(writeFleet(folder, targets));
    expect(diagnostics.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(fleet?.cells.flatMap((cell) => cell.targets)).toHaveLength(targets);
    expect(new Set(fleet?.cells.map(({ tenant }) => tenant)).size).toBe(fleet?.cells.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the same number gives the same fleet, and a larger one more tenants", () => {
  expect(fleetText(10)).toBe(fleetText(10));
  expect(fleetText(12)).toContain("tenant-00006");
  expect(fleetText(10)).not.toContain("tenant-00006");
});
