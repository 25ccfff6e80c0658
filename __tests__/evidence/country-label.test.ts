import { countryLabel } from "../../evidence/country-label";
import { continentOf, countryCodes, countryGroups } from "../../fleet/geography/countries";
import { onlyCell, twoZones } from "./support";

const { cell } = onlyCell(twoZones);
const eu = countryGroups.EU ?? [];
const africa = countryCodes.filter((code) => continentOf(code) === "Africa");

const everywhere = countryCodes.length;
const size = eu.length;

test.each<[string, readonly string[]]>([
  [`everywhere (${everywhere} countries)`, countryCodes],
  [`zone eu (${size} countries)`, eu],
  ["zone us (1 country)", ["US"]],
  [`the EEA (${size + 3} countries)`, countryGroups.EEA ?? []],
  [`outside zone eu (${everywhere - size} countries)`, countryCodes.filter((code) => !eu.includes(code))],
  ["Austria, Germany", ["AT", "DE"]],
  [`zone eu (20 of ${size})`, eu.slice(0, 20)],
  ["zone eu (all but IE)", eu.filter((code) => code !== "IE")],
  [`${africa.length + 3} of ${everywhere} countries: most in Africa and Asia`, [...africa, "JP", "IN", "AQ"]],
  [
    `${new Set([...africa, ...eu]).size} of ${everywhere} countries: zone eu (all but IE), zone us; most others in Africa`,
    [...new Set([...africa, ...eu.filter((code) => code !== "IE"), "US"])],
  ],
])("%s", (label, countries) => {
  expect(countryLabel(cell, countries)).toBe(label);
});

test("the countries of the cell's own regions are named, where no set has them", () => {
  const { zones: _, ...open } = twoZones.cells.world ?? { stage: "", targets: {} };
  const without = onlyCell({ ...twoZones, cells: { world: open } }).cell;
  expect(countryLabel(without, [...new Set([...africa, ...eu, "US"])])).toBe(
    `${new Set([...africa, ...eu]).size + 1} of ${everywhere} countries: the EU, US; most others in Africa`,
  );
});
