import pc from "picocolors";
import { requireFleet } from "./require-fleet";
import { openCells } from "./run/change-drains";
import { cellsNamed } from "./run/drain-cells";
import { table } from "./table";

/** `meridian drains`: which regions are drained, since when and why. Exit code 1 where a cell could not be asked. */
export async function drains(
  file: string,
  options: { readonly cell?: string; readonly json?: boolean },
): Promise<void> {
  const fleet = await requireFleet(file);
  const cells = await openCells({ fleet, cells: cellsNamed(fleet, options.cell) });
  const failed = cells.flatMap((cell) => ("error" in cell ? [cell] : []));
  const rows = cells.flatMap((open) =>
    "error" in open ? [] : open.reading.drains.map((drain) => ({ cell: open.cell.name, ...drain })),
  );
  if (options.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length > 0) {
    const lines = rows.map(({ cell, reason = "", region, since = "" }) => [cell, region, since, reason]);
    process.stdout.write(`${table(["cell", "region", "since", "reason"], lines)}\n`);
  } else if (failed.length === 0) process.stdout.write("No region is drained.\n");
  for (const { cell, error } of failed) {
    process.stderr.write(`${pc.red("error")} ${cell.name}: ${error.message}\n`);
    process.exitCode = 1;
  }
}
