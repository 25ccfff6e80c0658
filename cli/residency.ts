import pc from "picocolors";
import { cellResidency } from "../evidence/residency";
import { residencyMarkdown } from "../evidence/residency-markdown";
import { requireFleet } from "./require-fleet";
import { cellsNamed } from "./run/drain-cells";
import { synthesized } from "./synthesized";

/** Options of `meridian residency`. */
export interface ResidencyOptions {
  readonly cell?: string;
  readonly json?: boolean;
}

/**
 * `meridian residency`: writes where the data of zones can be, as Markdown or JSON. Exit code 1 where it could leave
 * its zone.
 *
 * @throws {UserError} there is no such cell
 */
export async function residency(file: string, options: ResidencyOptions): Promise<void> {
  const fleet = await requireFleet(file);
  const cells = cellsNamed(fleet, options.cell);
  const stacks = synthesized(fleet);
  const evidence = cells.flatMap((cell) => cellResidency(stacks, cell) ?? []);
  const errors = evidence.flatMap((each) => each.errors.map((error) => ({ cell: each.cell, ...error })));
  const ok = errors.length === 0;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ok, fleet: fleet.name, cells: evidence }, null, 2)}\n`
      : residencyMarkdown({ ...fleet, cells }, evidence),
  );
  for (const { address, cell, fix, stack, what, why } of errors) {
    process.stderr.write(
      `${pc.red("error")} ${cell}: ${address} in ${stack} ${what}\n  why: ${why}\n  fix: ${fix}\n`,
    );
  }
  if (!ok) process.exitCode = 1;
}
