import pc from "picocolors";
import type { TableData } from "../../evidence/data";
import type { CellDrill, Example, Violation } from "../../evidence/drill";
import { labelOf } from "../../evidence/extended-data";
import { describeFault } from "../../evidence/faults";
import { describeState, mostNotUp } from "../../evidence/states";
import { describeViewer } from "../../evidence/viewers";
import { count } from "../../fleet/wording";
import { wrapped } from "./lines";
import { table } from "./table";

/**
 * What the drills of a fleet's cells came to, for people: a line per cell, then what does not hold, and where data is.
 *
 * @param left what is not covered
 */
export function drillReport(drills: readonly CellDrill[], left: readonly string[] = []): string {
  const rows = drills.map((drill) => [
    drill.cell,
    String(drill.regions.length),
    statesOf(drill),
    drill.cases.toLocaleString("en-US"),
    `${drill.seconds.toFixed(1)} s`,
    drill.violations.length === 0 ? pc.green("holds") : pc.red(count(drill.violations.length, "violation")),
  ]);
  const notes = drills.flatMap(({ cell, notes }) =>
    notes.map((note) => `${pc.cyan("note")} ${cell}: ${note}`),
  );
  const violations = drills.flatMap(({ cell, violations }) =>
    violations.map((found) => describe(cell, found)),
  );
  const parts = [
    table(["cell", "regions", "states", "cases", "time", "result"], rows),
    ...left.map((note) => `${pc.cyan("note")} ${note}`),
    ...notes,
    ...violations,
  ];
  return `${parts.join("\n")}\n${dataSection(drills)}${extendedSection(drills)}\n${closing(drills)}\n`;
}

/** Where items are, and what that means: what holds for several cells is told once. Nothing in a fleet without tables. */
function dataSection(drills: readonly CellDrill[]): string {
  const rows = drills.flatMap(({ cell, data }) =>
    (data?.tables ?? []).map((found) => [cell, found.table, where(found)]),
  );
  if (rows.length === 0) return "";
  const notes = new Set(drills.flatMap(({ data }) => data?.notes ?? []));
  const lines = [...notes].flatMap((note) => wrapped(`${note}.`, "- "));
  return `\n${[table(["cell", "table", "items"], rows), ...lines].join("\n")}\n`;
}

/** What extensions say that holds data, and that nothing copies. Nothing where they say it of nothing. */
function extendedSection(drills: readonly CellDrill[]): string {
  const rows = drills.flatMap(({ cell, extended = [] }) =>
    extended.map((thing) => [cell, thing.extension, labelOf(thing), thing.regions.join(", ")]),
  );
  if (rows.length === 0) return "";
  const note =
    "of these, each region has only its own, which stays there while the region is down or drained.";
  return `\n${[table(["cell", "extension", "holds data", "regions"], rows), ...wrapped(note, "- ")].join("\n")}\n`;
}

function where({ home, kind, regions }: TableData): string {
  const list = regions.join(", ");
  if (kind === "single") return `in ${list} only`;
  return kind === "apart" ? `each region its own: ${list}` : `all in each of ${list}; managed from ${home}`;
}

/** A state says of each region whether it is up, down or drained. */
function statesOf({ regions, states }: CellDrill): string {
  const most = mostNotUp(regions.length);
  return most === regions.length ? `all ${states}` : `${states}, at most ${most} regions not up`;
}

function describe(cell: string, { cases, example, message, property }: Violation): string {
  const head = `${pc.red("error")} ${cell}: ${property}`;
  return example
    ? [`${head}, in ${count(cases, "case")}; the smallest:`, ...describeExample(example)].join("\n")
    : `${head}: ${message}`;
}

function describeExample({ method, path, ...example }: Example): readonly string[] {
  return [
    `    request:  ${method} ${path} ${describeViewer(example.viewer)}`,
    `    state:    ${describeState(example)}${example.fault ? `, and ${describeFault(example.fault)}` : ""}`,
    `    expected: ${example.expected}`,
    `    the front would ${example.would}`,
  ];
}

/** What the cases are, exactly. */
const asked = `every country, every edge location and viewers who cannot be located; a path of every route and behaviour
(where a region is drained, one viewer stands for all who are answered alike on the first path); all seven methods with
at most one region drained, GET and POST with more; and each of CloudFront's methods throwing once inside the router`;

const promise = `viewers are answered from where the fleet file allows, and from nowhere else. With one region
lost, reads are answered at once, and writes once it is drained, wherever another region may answer them.`;

function closing(drills: readonly CellDrill[]): string {
  const cases = drills.reduce((sum, drill) => sum + drill.cases, 0);
  const bad = drills.filter(({ violations }) => violations.length > 0);
  if (bad.length > 0)
    return `${bad.length} of ${count(drills.length, "cell")} would not do what the fleet file says.`;
  return `In all ${count(cases, "case")}, ${promise}\nThe cases cover ${asked}.`;
}
