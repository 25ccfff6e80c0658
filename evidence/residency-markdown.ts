import { countryGroups } from "../fleet/geography/countries";
import type { Fleet, Zone } from "../fleet/model";
import { dataStackName } from "../fleet/names";
import { count } from "../fleet/wording";
import { type CentralRow, outsideZones } from "./central";
import type { CellResidency, ResidencyRow } from "./residency";

/**
 * The evidence as a page for an auditor. The same fleet gives the same bytes.
 *
 * @param central what there is once for the whole fleet
 */
export function residencyMarkdown(
  fleet: Fleet,
  cells: readonly CellResidency[],
  central: readonly CentralRow[] = [],
): string {
  const without = fleet.cells.filter(({ zone, zones }) => !zone && zones.length === 0);
  return `${[
    head(fleet, cells),
    ...cells.map(cellSection),
    ...(cells.length > 0 && central.length > 0 ? [centralSection(central)] : []),
    ...(without.length > 0 && cells.length > 0 ? [withoutZone(without.map(({ name }) => name))] : []),
    ...(cells.length > 0 ? [typesSection(cells), limitsSection] : []),
  ].join("\n\n")}\n`;
}

function head(fleet: Fleet, cells: readonly CellResidency[]): string {
  const title = `<!-- Written by \`npx meridian residency\`. -->
# Where data can be: the fleet ${fleet.name}`;
  if (cells.length === 0) {
    const names = fleet.cells.map(({ name }) => name).join(", ");
    return `${title}\n\nNo zone is given for ${names}: the fleet file does not promise where their data stays.`;
  }
  return `${title}

The fleet file says what a zone is, and which viewers belong to it. Everything else is read from the Terraform JSON that
would be deployed: the provider that each resource and data source names, and that provider's account and region.

${table(
  ["cell", "zone", "resources in a region", "can hold data", "errors"],
  cells.map((cell) => [
    cell.cell,
    cell.zones.map(({ name }) => name).join(", "),
    String(cell.regional.length),
    String(cell.regional.filter(({ knowledge }) => knowledge.holdsData).length),
    cell.errors.length === 0 ? "none" : `**${cell.errors.length}**`,
  ]),
)}`;
}

function cellSection(cell: CellResidency): string {
  return [
    `## ${cell.cell}: ${cell.kind === "closed" ? "zone" : "zones"} ${cell.zones.map(({ name }) => name).join(", ")}`,
    saidByFleetFile(cell),
    whereDataLies(cell),
    ...(cell.errors.length > 0 ? [errorsOf(cell)] : []),
    ...placesOf(cell.regional).map(([place, rows]) => placeSection(cell, place, rows)),
    globalSection(cell),
    statesSection(cell),
  ].join("\n\n");
}

function saidByFleetFile({ kind, regions, zones }: CellResidency): string {
  if (kind === "closed") {
    const allowed = zones.map((zone) => zone.regions.join(", ")).join("; ");
    return `The fleet file requires every target to be in the zone (${allowed}), wherever the viewer is.`;
  }
  const lines = zones.map((zone) => {
    const used = zone.regions.filter((region) => regions.includes(region)).join(", ");
    return `- Viewers from ${countriesOf(zone)} may be answered from ${used} only.`;
  });
  return `The fleet file requires this, and \`npx meridian drill\` proves it:\n\n${lines.join("\n")}`;
}

function whereDataLies({ cell, errors, kind, regional }: CellResidency): string {
  if (errors.length > 0) {
    const verb = errors.length === 1 ? "has" : "have";
    return `**${count(errors.length, "resource")} ${verb} data, or could have, where it must not be.** See the errors below.`;
  }
  const holding = regional.filter(({ knowledge }) => knowledge.holdsData);
  const regions = [...new Set(holding.flatMap(({ place }) => place?.region ?? []))].sort().join(", ");
  const isShared = holding.some(({ stack }) => stack === dataStackName(cell));
  const where =
    kind === "closed"
      ? ""
      : `, each in a region of its own stack's targets${isShared ? ", or, where regions share it, in all zones of the cell" : ""}`;
  return `Every regional resource that can hold data is in ${regions}${where}. What CloudFront holds is in no single region: see
"Kept by AWS outside any single region".`;
}

function countriesOf({ countries, name }: Zone): string {
  const group = Object.entries(countryGroups).find(
    ([, members]) => [...members].sort().join() === countries.join(),
  );
  return group
    ? `the ${group[0]} (zone ${name}, ${countries.length} country codes)`
    : `${countries.join(", ")} (zone ${name})`;
}

function errorsOf({ errors }: CellResidency): string {
  const lines = errors.map(
    ({ address, fix, stack, what, why }) =>
      `- **\`${address}\`** (${stack}) ${what}: ${why}. To fix it: ${fix}.`,
  );
  return `### Errors\n\n${lines.join("\n")}`;
}

function placesOf(rows: readonly ResidencyRow[]): readonly (readonly [string, readonly ResidencyRow[]])[] {
  const places = new Map<string, ResidencyRow[]>();
  for (const row of rows) {
    const place = row.place ? `${row.place.region}, account ${row.place.account}` : "no region given";
    places.set(place, [...(places.get(place) ?? []), row]);
  }
  return [...places];
}

function placeSection(cell: CellResidency, place: string, rows: readonly ResidencyRow[]): string {
  const zones = rows[0]?.zones ?? [];
  const said =
    zones.length > 0
      ? `zone ${zones.join(", ")}`
      : cell.kind === "shared"
        ? "serves viewers of no zone"
        : "outside the zone";
  return `### ${place}: ${said}

${table(
  ["resource", "stack", "can hold data"],
  rows.map((row) => [`\`${row.address}\``, row.stack, holding(row)]),
)}`;
}

function holding({ days, knowledge }: ResidencyRow): string {
  if (!knowledge.holdsData) return "no";
  return days === undefined ? "yes" : `yes, of the last ${count(days, "day")}`;
}

function globalSection(cell: CellResidency): string {
  const seconds = cell.cacheSeconds;
  const ttl =
    seconds === undefined
      ? "for a time that the JSON does not give"
      : seconds === 0
        ? "not at all: nothing is cached"
        : `for ${count(seconds, "second")} at most`;
  return `### Kept by AWS outside any single region

Answers are kept at edge locations ${ttl}. No viewer data is kept where the last column says no.

${table(
  ["resource", "account", "what AWS keeps there", "viewer data"],
  cell.global.map(({ address, knowledge, place }) => [
    `\`${address}\``,
    place?.account ?? "not given",
    knowledge.what,
    knowledge.holdsData ? "yes" : "no",
  ]),
)}`;
}

function statesSection({ states }: CellResidency): string {
  return `### Terraform's state

It holds names, settings and environment variables, and no viewer data.

${table(
  ["stack", "its state", "reads the states of"],
  states.map(({ reads, stack, where }) => [stack, where, reads.join(", ")]),
)}`;
}

function centralSection(central: readonly CentralRow[]): string {
  return `## Once for the whole fleet

None of this holds data of viewers. ${verdict(outsideZones(central))}

${table(
  ["service", "region", "account", "what it keeps there", "what moves it", ""],
  central.map(({ account, movedBy, region, service, source, what, zones }) => [
    service,
    zones.length > 0 ? `${region} (zone ${zones.join(", ")})` : region,
    account,
    what,
    movedBy === undefined ? "nothing: AWS has it nowhere else" : `\`${movedBy}\``,
    source === "" ? "" : `[AWS](${source})`,
  ]),
)}

AWS manages IAM and CloudFront from us-east-1, too, for all of its customers. What they keep of a cell is told with the cell.`;
}

function verdict(outside: readonly CentralRow[]): string {
  if (outside.length === 0) {
    return "Everything that can be in a zone is in one: what is elsewhere is where AWS has it for all of its customers.";
  }
  const names = outside.map(({ region, service }) => `${service} in ${region}`).join("; ");
  return `**${count(outside.length, "service")} could be in a zone, and ${outside.length === 1 ? "is" : "are"} in none: ${names}.**`;
}

function withoutZone(names: readonly string[]): string {
  return `## Cells without a zone

${names.join(", ")}: the fleet file promises nothing for them, so they are left out here.`;
}

function typesSection(cells: readonly CellResidency[]): string {
  const rows = cells.flatMap(({ global, regional }) => [...regional, ...global]);
  // One type can be kept in two ways: a function in its region, or at the edge.
  const types = new Map(
    rows.map(({ knowledge, type }) => [`${type} ${knowledge.source}`, { type, ...knowledge }]),
  );
  return `## What each type can hold

${table(
  ["type", "kept in", "viewer data", "what it can hold", ""],
  [...types]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { type, holdsData, saidBy, scope, source, what }]) => [
      `\`${type}\``,
      scope === "regional" ? "its region" : "no single region",
      holdsData ? "yes" : "no",
      what,
      [source && `[AWS](${source})`, saidBy && `said by ${saidBy}`].filter(Boolean).join(", "),
    ]),
)}`;
}

const limitsSection = `## What this does not show

- What the handlers themselves do: they can send data to whatever they can reach. \`permissions\` in the fleet file says
  which AWS APIs that is.
- TLS ends at the edge location that a viewer reaches, wherever that is. CloudFront passes requests and answers on in
  memory there.
- What AWS keeps for its own operation, and what else is in the accounts: CloudTrail, backups that somebody makes besides,
  other stacks.`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
