import { continentOf, countryCodes, countryGroups, countryName } from "../fleet/countries";
import type { Cell } from "../fleet/model";

/** Countries that are named one by one at most; more are counted. */
const named = 8;

/**
 * Names a set of countries shortly.
 *
 * @example countryLabel(cell, ["AT", "DE"]) // "Austria, Germany"
 * @example countryLabel(cell, expandCountries(["EU"])) // "the EU (27 countries)"
 * @example countryLabel(cell, many) // "86 countries: all 59 in Africa, 24 in Europe, 3 in Asia"
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
  return within
    ? `${countries.length} of the ${within.members.length} in ${within.name}`
    : `${size}: ${byContinent(countries)}`;
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

function byContinent(countries: readonly string[]): string {
  const counts = countByContinent(countries);
  const all = countByContinent(countryCodes);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([continent, count]) =>
      count === all.get(continent) ? `all ${count} in ${continent}` : `${count} in ${continent}`,
    )
    .join(", ");
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
