import { countryCodes } from "../../../fleet/geography/countries";
import { distanceTo } from "../../../fleet/geography/distance";
import { regionCodes } from "../../../fleet/geography/regions";
import { resolveRouting } from "../../../fleet/geography/routing";

const eu = {
  name: "eu",
  regions: ["eu-central-1", "eu-west-1", "eu-north-1"],
  countries: ["DE", "FR", "SE"],
};
const us = { name: "us", regions: ["us-east-1", "us-west-2"], countries: ["US"] };
const regions = ["us-east-1", "eu-central-1", "eu-west-1", "ap-northeast-1"];
const of = (country: string, input: Partial<Parameters<typeof resolveRouting>[0]> = {}) =>
  resolveRouting({ regions, zones: [], ...input }).get(country);

test("every country has an entry, and every region is in it", () => {
  const routing = resolveRouting({ regions, zones: [] });
  expect([...routing.keys()]).toEqual(countryCodes);
  expect(countryCodes.length).toBeGreaterThanOrEqual(249);
  for (const entry of routing.values()) expect(entry.regions.toSorted()).toEqual(regions.toSorted());
});

test.each([
  ["DE", ["eu-central-1", "eu-west-1", "us-east-1", "ap-northeast-1"]],
  ["IE", ["eu-west-1", "eu-central-1", "us-east-1", "ap-northeast-1"]],
  ["MX", ["us-east-1", "eu-west-1", "eu-central-1", "ap-northeast-1"]],
  ["KR", ["ap-northeast-1", "eu-central-1", "eu-west-1", "us-east-1"]],
])("viewers from %s get the nearest region first", (country, expected) => {
  expect(of(country)?.regions).toEqual(expected);
});

describe("zones", () => {
  test("viewers of a zone have its regions and no other", () => {
    expect(of("FR", { zones: [eu, us] })).toEqual({ zone: "eu", regions: ["eu-central-1", "eu-west-1"] });
    expect(of("US", { zones: [eu, us] })).toEqual({ zone: "us", regions: ["us-east-1"] });
  });

  test("viewers of no zone have all regions", () => {
    expect(of("BR", { zones: [eu, us] })?.zone).toBeUndefined();
    expect(of("BR", { zones: [eu, us] })?.regions).toHaveLength(4);
  });

  test("a zone without a region of the cell leaves its viewers none", () => {
    expect(of("US", { regions: ["eu-central-1"], zones: [us] })).toEqual({ zone: "us", regions: [] });
  });
});

describe("a written order", () => {
  test("comes first, and what it does not name follows by distance", () => {
    expect(of("DE", { order: ["ap-northeast-1"] })?.regions).toEqual([
      "ap-northeast-1",
      "eu-central-1",
      "eu-west-1",
      "us-east-1",
    ]);
  });

  test("counts for the countries that it is written for, by name or in a group", () => {
    const order = { EU: ["eu-west-1"], FR: ["us-east-1"] };
    expect(of("DE", { order })?.regions[0]).toBe("eu-west-1");
    expect(of("FR", { order })?.regions[0]).toBe("us-east-1");
    expect(of("CH", { order })?.regions[0]).toBe("eu-central-1");
  });

  test("takes nobody out of a zone", () => {
    const order = ["us-east-1", "eu-west-1"];
    expect(of("DE", { order, zones: [eu] })?.regions).toEqual(["eu-west-1", "eu-central-1"]);
  });
});

test("of more than ten regions, the nearest ten come first and the others as written", () => {
  const order = of("DE", { regions: regionCodes })?.regions ?? [];
  const byDistance = regionCodes.toSorted((a, b) => distanceTo("DE", a) - distanceTo("DE", b));
  expect(order.slice(0, 10)).toEqual(byDistance.slice(0, 10));
  expect(order.slice(10)).toEqual(regionCodes.filter((region) => !order.slice(0, 10).includes(region)));
});
