import { type CellDrill, drillCell } from "../evidence/drill";
import { type CellOutage, cellOutage } from "../evidence/outage";
import type { State } from "../evidence/states";
import type { Synthesized } from "../evidence/synthesized";
import { UserError } from "../fleet/errors";
import type { Cell, Fleet } from "../fleet/model";
import { quoted, suggest } from "../fleet/wording";
import { drillReport } from "./output/drill-report";
import { printJson } from "./output/json";
import { advice, outageReport } from "./output/outage-report";
import { progress } from "./output/progress";
import { waitingNotes } from "./shared/cells";
import { evidenceScope, synthesized } from "./shared/evidence";

/** Options of `meridian drill`. */
export interface DrillCommandOptions {
  readonly cell?: string;
  /** Regions, with commas. */
  readonly down?: string;
  readonly drained?: string;
  readonly json?: boolean;
}

/**
 * `meridian drill`: holds what would be deployed against the fleet file, or shows what a state of the regions means.
 * Needs no cloud and no sandbox.
 *
 * @throws {UserError} there is no such cell or region
 */
export async function drill(file: string, options: DrillCommandOptions): Promise<void> {
  // Until the drill is through: a router that never answers would end the process early, and that proves nothing.
  process.exitCode = 1;
  const { cells, checked, fleet, waiting } = await evidenceScope(file, options.cell);
  const drained = regionsIn(fleet, "--drained", options.drained);
  const down = regionsIn(fleet, "--down", options.down).filter((region) => !drained.includes(region));
  const stacks = await synthesized(checked);
  const isTable = options.down !== undefined || options.drained !== undefined;
  const holds = isTable
    ? await showState(stacks, cells, { down, drained }, fleet, options)
    : await proveAll(stacks, cells, { ...fleet, waiting }, options);
  process.exitCode = holds ? 0 : 1;
}

async function proveAll(
  stacks: Synthesized,
  cells: readonly Cell[],
  { extensions, waiting }: Pick<Fleet, "extensions" | "waiting">,
  { json }: DrillCommandOptions,
): Promise<boolean> {
  const report = progress(process.stderr);
  const drills: CellDrill[] = [];
  for (const [index, cell] of cells.entries()) {
    const onProgress = (done: number, all: number) =>
      report.show(`drill: cell ${index + 1} of ${cells.length}, ${Math.floor((100 * done) / all)} %`);
    drills.push(await drillCell(stacks, cell, { onProgress, extensions }));
  }
  report.end();
  const ok = drills.every(({ violations }) => violations.length === 0);
  if (json) printJson({ ok, cells: drills, waiting });
  else process.stdout.write(drillReport(drills, waitingNotes({ waiting })));
  return ok;
}

async function showState(
  stacks: Synthesized,
  cells: readonly Cell[],
  state: State,
  { extensions }: Pick<Fleet, "extensions">,
  { cell: name, json }: DrillCommandOptions,
): Promise<boolean> {
  const outages: CellOutage[] = [];
  const reports: string[] = [];
  for (const cell of cells) {
    const outage = await cellOutage(stacks, cell, state, extensions);
    if (!outage) continue;
    outages.push(outage);
    reports.push(outageReport(cell, outage));
  }
  if (json) printJson({ ...state, cells: outages });
  else {
    const others = cells.filter((cell) => !outages.some((outage) => outage.cell === cell.name));
    const untouched = others.map((cell) => cell.name).join(", ");
    const parts = [
      ...reports,
      ...(untouched ? [`Not affected, without a target there: ${untouched}`] : []),
      advice(cells, outages, name),
    ];
    process.stdout.write(`${parts.filter(Boolean).join("\n\n")}\n`);
  }
  return true;
}

/** `eu-central-1,eu-west-1` as a list, each region once. */
function regionsIn({ cells }: Fleet, option: string, list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  const known = [...new Set(cells.flatMap(({ targets }) => targets.map(({ region }) => region)))];
  const wanted = [...new Set(list.split(",").map((name) => name.trim()))].filter(Boolean);
  if (wanted.length === 0) {
    const fix = `write ${option} ${known[0] ?? "<region>"}, or several regions separated by commas`;
    throw new UserError(`${option} names no region`, "nothing would be down or drained", fix);
  }
  const unknown = wanted.find((region) => !known.includes(region));
  if (unknown === undefined) return wanted;
  throw new UserError(
    `no cell has a target in ${quoted(unknown)}`,
    "only regions that the fleet uses can be down or drained",
    suggest(unknown, known),
  );
}
