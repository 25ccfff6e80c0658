import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fleetText, writeFleet } from "../../bench/generate-fleet";
import { checkFleet } from "../../check/load";

test.each([
  [1, "nothing"],
  [9, "nothing"],
  [100, "nothing"],
  [9, "organization"],
  [100, "organization"],
  [9, "table"],
  [100, "pipeline"],
] as const)("a fleet of %d targets with %s around it passes every check", async (targets, around) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-bench-"));
  try {
    const { checked, diagnostics } = await checkFleet(writeFleet(folder, targets, around));
    expect(diagnostics.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(checked?.fleet.cells.flatMap((cell) => cell.targets)).toHaveLength(targets);
    expect(checked?.fleet.organization !== undefined).toBe(["organization", "pipeline"].includes(around));
    expect(checked?.fleet.pipeline !== undefined).toBe(around === "pipeline");
    expect(checked?.fleet.cells.every(({ tables }) => tables.length === Number(around === "table"))).toBe(
      true,
    );
    expect(new Set(checked?.fleet.cells.map(({ tenant }) => tenant)).size).toBe(checked?.fleet.cells.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the same number gives the same fleet, and a larger one more tenants", () => {
  expect(fleetText(10)).toBe(fleetText(10));
  expect(fleetText(12)).toContain("tenant-00006");
  expect(fleetText(10)).not.toContain("tenant-00006");
});
