import {
  continentOf,
  countryCodes,
  countryGroups,
  expandCountries,
} from "../../../fleet/geography/countries";

/** Parts of the Union with codes of their own. */
const overseas = ["GP", "GF", "MQ", "MF", "RE", "YT"];

test("the EU is its 27 members, and the parts of it that have codes of their own", () => {
  const eu = expandCountries(["EU"]);
  expect(eu).toHaveLength(27 + overseas.length + 1);
  expect(eu).toEqual(expect.arrayContaining(["DE", "FR", "FI", ...overseas, "AX"]));
});

test.each(["GB", "CH", "NO", "GL", "FO", "NC", "PF", "BL", "PM", "WF", "AW", "CW", "SX", "GI"])(
  "%s, where the treaties do not apply, is not in the EU",
  (code) => {
    expect(countryCodes).toContain(code);
    expect(expandCountries(["EU"])).not.toContain(code);
  },
);

test("the EEA is the EU with Iceland, Liechtenstein and Norway", () => {
  expect(expandCountries(["EEA"])).toEqual(expandCountries(["EU", "IS", "LI", "NO"]));
});

test("groups hold codes that a viewer can come from, each once", () => {
  for (const members of Object.values(countryGroups)) {
    expect(countryCodes).toEqual(expect.arrayContaining([...members]));
    expect(new Set(members).size).toBe(members.length);
  }
});

test("the EU is in Europe, whatever belongs to it overseas", () => {
  expect(continentOf("EU")).toBe("Europe");
  expect(continentOf("GF")).toBe("South America");
});
