import pc from "picocolors";
import { centralServices } from "../evidence/central";
import { cellResidency } from "../evidence/residency";
import { residencyMarkdown } from "../evidence/residency-markdown";
import type { Fleet } from "../fleet/model";
import { printJson } from "./output/json";
import { waitingNotes } from "./shared/cells";
import { evidenceScope, synthesized } from "./shared/evidence";

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
  const { cells, checked, fleet, waiting } = await evidenceScope(file, options.cell);
  const stacks = await synthesized(checked);
  const central = centralServices(stacks, fleet);
  const evidence = cells.flatMap((cell) => cellResidency(stacks, cell, fleet.extensions) ?? []);
  const errors = evidence.flatMap((each) => each.errors.map((error) => ({ cell: each.cell, ...error })));
  const ok = errors.length === 0;
  if (options.json) printJson({ ok, fleet: fleet.name, cells: evidence, central, waiting });
  else
    process.stdout.write(
      `${residencyMarkdown({ ...fleet, cells }, evidence, central)}${notCovered({ waiting })}`,
    );
  for (const { address, cell, fix, stack, what, why } of errors) {
    process.stderr.write(
      `${pc.red("error")} ${cell}: ${address} in ${stack} ${what}\n  why: ${why}\n  fix: ${fix}\n`,
    );
  }
  if (!ok) process.exitCode = 1;
}

/** A section for the cells that the evidence is silent about: they are not deployed either. */
function notCovered(left: Pick<Fleet, "waiting">): string {
  if (left.waiting.length === 0) return "";
  const lines = waitingNotes(left).map((note) => `- ${note}`);
  return `\n## Not covered, and not deployed\n\n${lines.join("\n")}\n`;
}
