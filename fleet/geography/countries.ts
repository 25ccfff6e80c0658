import countries from "world-countries";

/** Member states of the European Union: https://european-union.europa.eu/principles-countries-history/eu-countries_en */
const members = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split(" ");

/**
 * Parts of the EU that ISO 3166-1, and so CloudFront, has apart from their states: the outermost regions of France
 * (Guadeloupe, French Guiana, Martinique, Saint Martin, Réunion, Mayotte) and Finland's Åland. Art. 355(1) and (4) TFEU:
 * https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:12016E355
 */
const territories = "GP GF MQ MF RE YT AX".split(" ");

const eu = [...members, ...territories];

/** Names that stand for several countries. EEA: the EU with Iceland, Liechtenstein and Norway. */
export const countryGroups: Readonly<Record<string, readonly string[]>> = {
  EU: eu,
  EEA: [...eu, "IS", "LI", "NO"],
};

const byCode = new Map(countries.map((country) => [country.cca2 as string, country]));

/** All codes of ISO 3166-1 alpha-2, and XK, which Kosovo goes by; sorted. */
export const countryCodes: readonly string[] = [...byCode.keys()].sort();

/** Whether `code` is a country code in use. */
export function isCountry(code: string): boolean {
  return byCode.has(code);
}

/** Whether `code` stands for several countries. */
export function isGroup(code: string): boolean {
  return Object.hasOwn(countryGroups, code);
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
