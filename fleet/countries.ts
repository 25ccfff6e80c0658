import countries from "world-countries";

/** Member states of the European Union: https://european-union.europa.eu/principles-countries-history/eu-countries_en */
const eu = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split(" ");

/** Names that stand for several countries. EEA: the EU with Iceland, Liechtenstein and Norway. */
export const countryGroups: Readonly<Record<string, readonly string[]>> = {
  EU: eu,
  EEA: [...eu, "IS", "LI", "NO"],
};

const byCode = new Map(countries.map((country) => [country.cca2 as string, country]));

/** All codes of ISO 3166-1 alpha-2, and XK, which Kosovo goes by; sorted. */
export const countryCodes: readonly string[] = [...byCode.keys()].sort();

/** Whether `code` is a country code in use, or a group. */
export function isCountryOrGroup(code: string): boolean {
  return Object.hasOwn(countryGroups, code) || byCode.has(code);
}

/** Replaces groups by their members; sorted, each country once. */
export function expandCountries(codes: readonly string[]): readonly string[] {
  return [...new Set(codes.flatMap((code) => countryGroups[code] ?? [code]))].sort();
}

/** The continent of a country or group, in English; of a group, its first member's. */
export function continentOf(code: string): string | undefined {
  const country = byCode.get(countryGroups[code]?.[0] ?? code);
  if (country?.region !== "Americas") return country?.region;
  return country.subregion === "South America" ? country.subregion : "North America";
}

/** Where a country is, in degrees: about the middle of its land. */
export function countryPosition(code: string): { readonly lat: number; readonly lon: number } | undefined {
  const [lat, lon] = byCode.get(code)?.latlng ?? [];
  return lat === undefined || lon === undefined ? undefined : { lat, lon };
}

/** A country's usual name in English. */
export function countryName(code: string): string | undefined {
  return byCode.get(code)?.name.common;
}
