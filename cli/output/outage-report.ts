import pc from "picocolors";
import { countryLabel } from "../../evidence/country-label";
import { type CellOutage, isRegion, type OutageGroup } from "../../evidence/outage";
import { describeState } from "../../evidence/states";
import { strandedBy } from "../../fleet/drains";
import type { Cell } from "../../fleet/model";
import { wrapped } from "./lines";
import { table } from "./table";

/** Width of the first column: with the other columns, a line has 120 characters at most. */
const labelWidth = 28;

/** What a state of the regions means for the viewers of a cell, for people in a hurry. */
export function outageReport(cell: Cell, outage: CellOutage): string {
  const isDown = outage.down.length > 0;
  const header = [
    "viewers from",
    "before",
    "reads now",
    "writes now",
    ...(isDown ? ["writes once drained"] : []),
    "farther by",
  ];
  const rows = outage.changed.flatMap((group) => rowsOf(cell, group, isDown));
  return [
    `${pc.bold(cell.name)}: ${describeState(outage)}`,
    ...(rows.length > 0 ? [indent(table(header, rows))] : []),
    ...unchangedLine(outage),
    ...stranded(cell, outage).map((line) => `  ${line}`),
    ...outage.data.flatMap((line) => wrapped(`${line}.`, "  Table ")),
    ...outage.extended.flatMap((line) => wrapped(`${line}.`, "  ")),
  ].join("\n");
}

function rowsOf(cell: Cell, group: OutageGroup, isDown: boolean): readonly (readonly string[])[] {
  const [first = "", ...more] = wrapped(countryLabel(cell, group.countries), "", labelWidth);
  const { afterDrain, before, now } = group;
  const row = [
    first,
    before.reads === before.writes ? before.reads : `${before.reads}, writes ${before.writes}`,
    now.reads,
    now.writes,
    ...(isDown ? [afterDrain.writes] : []),
    farther(group),
  ];
  return [row, ...more.map((line) => [`  ${line}`])];
}

function farther({ addedKilometres }: OutageGroup): string {
  if (!addedKilometres) return "-";
  const [least, most] = [addedKilometres.least, addedKilometres.most].map((km) => km.toLocaleString("en-US"));
  return least === most ? `${least} km` : `${least} to ${most} km`;
}

function unchangedLine({ changed, unchanged }: CellOutage): readonly string[] {
  const countries = unchanged.reduce((sum, group) => sum + group.countries.length, 0);
  if (countries === 0) return [];
  const regions = [...new Set(unchanged.map(({ now }) => now.reads))].sort().join(", ");
  const others = countries === 1 ? "country" : `${countries} countries`;
  const who = changed.length === 0 ? "any viewer" : `the other ${others}`;
  return [`  Nothing changes for ${who}: answered from ${regions}, as before.`];
}

/** For whom no region is left. */
function stranded(cell: Cell, { changed }: CellOutage): readonly string[] {
  const groups = changed.filter(({ afterDrain }) => !isRegion(afterDrain.reads));
  return [...new Set(groups.map(({ afterDrain }) => afterDrain.reads))].map((answer) => {
    const alike = groups.filter(({ afterDrain }) => afterDrain.reads === answer);
    const who = countryLabel(cell, alike.flatMap(({ countries }) => countries).sort());
    return `No region is left for viewers from ${who}: the router answers ${answer}.`;
  });
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}

/** What to do about a state of the regions, in commands. */
export function advice(
  cells: readonly Cell[],
  outages: readonly CellOutage[],
  only: string | undefined,
): string {
  const cell = only === undefined ? "" : ` --cell ${only}`;
  const groups = outages.flatMap(({ changed }) => changed);
  const useful = [...new Set(groups.flatMap(({ drains }) => drains))];
  const drained = [...new Set(outages.flatMap((outage) => outage.drained))].sort();
  const isForced = useful.map((region, index) => strands(cells, outages, region, useful.slice(0, index)));
  const drains = useful.map(
    (region, index) => `  npx meridian drain ${region}${cell}${isForced[index] ? " --force" : ""}`,
  );
  const these = useful.length === 1 ? "this region" : "these regions";
  return [
    ...(useful.length > 0 ? [`To restore writes, drain ${these}:`, ...drains] : []),
    ...(isForced.includes(true)
      ? ["--force is needed because no other region may answer some of the viewers: they get 503."]
      : []),
    ...useless(outages, useful),
    ...(drained.length > 0
      ? ["To undo a drain:", ...drained.map((region) => `  npx meridian undrain ${region}${cell}`)]
      : []),
  ].join("\n");
}

/** What of the down is better left as it is. */
function useless(outages: readonly CellOutage[], useful: readonly string[]): readonly string[] {
  const down = new Set(outages.flatMap((outage) => outage.down));
  const others = [...down].filter((region) => !useful.includes(region)).sort();
  if (others.length === 0) return [];
  const fails = outages.some(({ changed }) =>
    changed.some(({ drains, now }) => !isRegion(now.writes) && drains.length === 0),
  );
  const why = fails ? "no other region may answer" : "no writes go there";
  return [`Draining ${others.join(" or ")} would help nobody: ${why}.`];
}

/** Whether the drain of a region leaves somebody with none, which it does only by force. */
function strands(
  cells: readonly Cell[],
  outages: readonly CellOutage[],
  region: string,
  before: readonly string[],
): boolean {
  return cells.some(({ front, name }) => {
    const outage = outages.find((each) => each.cell === name);
    return outage !== undefined && strandedBy(front, [...outage.drained, ...before], region).length > 0;
  });
}
