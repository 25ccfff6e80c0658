import { countries } from "countries-list";

/** Member states of the European Union: https://european-union.europa.eu/principles-countries-history/eu-countries_en */
const eu = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split(" ");

/** Names that stand for several countries. EEA: the EU with Iceland, Liechtenstein and Norway. */
export const countryGroups: Readonly<Record<string, readonly string[]>> = {
  EU: eu,
  EEA: [...eu, "IS", "LI", "NO"],
};

/** All codes of ISO 3166-1 alpha-2. */
export const countryCodes: readonly string[] = Object.keys(countries);

/** Whether `code` is an ISO 3166-1 alpha-2 code in use, or a group. */
export function isCountryOrGroup(code: string): boolean {
  return code in countryGroups || code in countries;
}

/** Replaces groups by their members; sorted, each country once. */
export function expandCountries(codes: readonly string[]): readonly string[] {
  return [...new Set(codes.flatMap((code) => countryGroups[code] ?? [code]))].sort();
}

/** The continent of a country or group, as a two-letter code. */
export function continentOf(code: string): string | undefined {
  const member = countryGroups[code]?.[0] ?? code;
  return countries[member as keyof typeof countries]?.continent;
}
