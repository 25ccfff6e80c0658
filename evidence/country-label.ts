import { continentOf, countryCodes, countryGroups, countryName } from "../fleet/geography/countries";
import { findRegion } from "../fleet/geography/regions";
import type { Cell } from "../fleet/model";

/** Countries that are named one by one at most; more are counted. */
const named = 8;

/** Members of a named set that are named as missing from it at most; more are counted. */
const namedMissing = 3;

/** Members of a named set that are worth a word: some of the EU lie overseas. */
const worthNaming = 4;

/** Continents that are named at most. */
const namedContinents = 2;

/**
 * Names a set of countries shortly: what most people look for comes first.
 *
 * @example countryLabel(cell, ["AT", "DE"]) // "Austria, Germany"
 * @example countryLabel(cell, expandCountries(["EU"])) // "the EU (34 countries)"
 * @example countryLabel(cell, many) // "162 of 250 countries: the EU (all but IE), US; most others in Asia and Africa"
 */
export function countryLabel(cell: Cell, countries: readonly string[]): string {
  const size = countries.length === 1 ? "1 country" : `${countries.length} countries`;
  if (countries.length === countryCodes.length) return `everywhere (${size})`;
  const sets = namedSets(cell);
  const is = sets.find(({ members }) => sameMembers(members, countries));
  if (is) return `${is.name} (${size})`;
  const isNot = sets.find(({ members }) => sameMembers(without(countryCodes, members), countries));
  if (isNot) return `outside ${isNot.name} (${size})`;
  if (countries.length <= named) return countries.map((code) => countryName(code) ?? code).join(", ");
  const within = sets.find(({ members }) => without(countries, members).length === 0);
  if (within) return partOf(within, countries) ?? size;
  return `${countries.length} of ${countryCodes.length} countries: ${mainParts(cell, sets, countries)}`;
}

/** The cell's zones and the EU, as far as they are in it; its regions' own countries; and where most others are. */
function mainParts(cell: Cell, sets: readonly NamedSet[], countries: readonly string[]): string {
  const apart = sets.filter(
    ({ members }, index) => !sets.slice(0, index).some((before) => overlap(before.members, members)),
  );
  const inSets = apart.flatMap((set) => partOf(set, countries) ?? []);
  const others = without(
    countries,
    apart.flatMap(({ members }) => members),
  );
  const own = [...new Set(cell.targets.map(({ region }) => findRegion(region)?.country ?? ""))].filter(
    (code) => others.includes(code),
  );
  const most = largestContinents(without(others, own)).join(" and ");
  const first = [...inSets, ...own].join(", ");
  return first === "" ? `most in ${most}` : `${first}${most === "" ? "" : `; most others in ${most}`}`;
}

/** How much of a named set is in it; undefined where that is little. */
function partOf({ members, name }: NamedSet, countries: readonly string[]): string | undefined {
  const missing = without(members, countries);
  const there = members.length - missing.length;
  if (missing.length === 0) return name;
  if (missing.length <= namedMissing && there > 0) return `${name} (all but ${missing.join(", ")})`;
  return there >= worthNaming ? `${name} (${there} of ${members.length})` : undefined;
}

/** Sets of countries that have a name: the cell's zones first. */
function namedSets({ zone, zones }: Cell): readonly NamedSet[] {
  return [
    ...[...(zone ? [zone] : []), ...zones].map(({ countries, name }) => ({
      name: `zone ${name}`,
      members: countries,
    })),
    ...Object.entries(countryGroups).map(([name, members]) => ({ name: `the ${name}`, members })),
  ];
}

interface NamedSet {
  readonly name: string;
  readonly members: readonly string[];
}

function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a.some((code) => b.includes(code));
}

function largestContinents(countries: readonly string[]): readonly string[] {
  return [...countByContinent(countries)]
    .sort(([, a], [, b]) => b - a)
    .slice(0, namedContinents)
    .map(([continent]) => continent);
}

function countByContinent(countries: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const continent of countries.map(continentName))
    counts.set(continent, (counts.get(continent) ?? 0) + 1);
  return counts;
}

function continentName(code: string): string {
  const name = continentOf(code) ?? "no continent";
  return name === "Antarctic" ? "Antarctica" : name;
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && without(a, b).length === 0;
}

function without(countries: readonly string[], taken: readonly string[]): readonly string[] {
  return countries.filter((code) => !taken.includes(code));
}
