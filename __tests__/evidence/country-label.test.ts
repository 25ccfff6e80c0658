import { countryLabel } from "../../evidence/country-label";
import { continentOf, countryCodes, countryGroups } from "../../fleet/countries";
import { onlyCell, twoZones } from "./support";

const { cell } = onlyCell(twoZones);
const eu = countryGroups.EU ?? [];
const africa = countryCodes.filter((code) => continentOf(code) === "Africa");

test.each<[string, readonly string[]]>([
  [`everywhere (${countryCodes.length} countries)`, countryCodes],
  ["zone eu (27 countries)", eu],
  ["zone us (1 country)", ["US"]],
  ["the EEA (30 countries)", countryGroups.EEA ?? []],
  [
    `outside zone eu (${countryCodes.length - 27} countries)`,
    countryCodes.filter((code) => !eu.includes(code)),
  ],
  ["Austria, Germany", ["AT", "DE"]],
  ["20 of the 27 in zone eu", eu.slice(0, 20)],
  [
    `${africa.length + 3} countries: all ${africa.length} in Africa, 2 in Asia, 1 in Antarctica`,
    [...africa, "JP", "IN", "AQ"],
  ],
])("%s", (label, countries) => {
  expect(countryLabel(cell, countries)).toBe(label);
});
