import { type CellOutage, cellOutage, type OutageGroup } from "../../evidence/outage";
import type { State } from "../../evidence/states";
import { countryCodes } from "../../fleet/geography/countries";
import { distanceTo } from "../../fleet/geography/distance";
import { onlyCell, synthesizedOf, twoZones } from "./support";

const { cell, fleet } = onlyCell(twoZones);
const stacks = synthesizedOf(fleet);

async function outage(state: Partial<State>): Promise<CellOutage> {
  const found = await cellOutage(stacks, cell, { down: [], drained: [], ...state });
  if (!found) throw new Error("nothing is touched");
  return found;
}

/** The group that a country belongs to. */
function groupOf({ changed, unchanged }: CellOutage, country: string): OutageGroup {
  const found = [...changed, ...unchanged].find(({ countries }) => countries.includes(country));
  if (!found) throw new Error(`no group has ${country}`);
  return found;
}

const both = (region: string) => ({ reads: region, writes: region });

test("with a region down, reads go to the next, and writes fail until the drain", async () => {
  const found = await outage({ down: ["eu-central-1"] });
  expect(groupOf(found, "DE")).toMatchObject({
    before: both("eu-central-1"),
    now: { reads: "eu-west-1", writes: "fail" },
    afterDrain: both("eu-west-1"),
  });
  expect(found.unchanged.flatMap(({ countries }) => countries)).toContain("US");
});

test("a drain changes where both go, and no more", async () => {
  const found = await outage({ drained: ["eu-central-1"] });
  expect(groupOf(found, "DE")).toMatchObject({ now: both("eu-west-1"), afterDrain: both("eu-west-1") });
});

test("viewers of a zone with no other region are answered by nobody else", async () => {
  const found = await outage({ down: ["us-east-1"] });
  expect(groupOf(found, "US")).toEqual({
    countries: ["US"],
    before: both("us-east-1"),
    now: both("fail"),
    afterDrain: both("503"),
    drains: [],
    addedKilometres: undefined,
  });
  expect(groupOf(found, "CA")).toMatchObject({ now: { writes: "fail" }, afterDrain: both("eu-west-1") });
});

test("what to drain is said only where that brings writes back", async () => {
  const one = await outage({ down: ["us-east-1"] });
  expect(groupOf(one, "CA").drains).toEqual(["us-east-1"]);
  expect(groupOf(one, "DE").drains).toEqual([]);
  const two = await outage({ down: ["eu-central-1", "us-east-1"] });
  expect(groupOf(two, "CA").drains).toEqual(["us-east-1"]);
  expect(groupOf(two, "DE").drains).toEqual(["eu-central-1"]);
  const eu = await outage({ down: ["eu-central-1", "eu-west-1"] });
  expect(groupOf(eu, "DE").drains).toEqual([]);
  expect(groupOf(eu, "CN").drains).toEqual(["eu-central-1", "eu-west-1"]);
});

test("a region that is down and drained is drained", async () => {
  const found = await outage({ down: ["eu-central-1"], drained: ["eu-central-1"] });
  expect(found).toMatchObject({ down: [], drained: ["eu-central-1"] });
});

test("every country is in one group, with the distance of the least and the most", async () => {
  const found = await outage({ down: ["eu-central-1"] });
  const groups = [...found.changed, ...found.unchanged];
  expect(groups.flatMap(({ countries }) => countries).sort()).toEqual(countryCodes);
  const group = groupOf(found, "DE");
  const added = group.countries.map(
    (code) => distanceTo(code, "eu-west-1") - distanceTo(code, "eu-central-1"),
  );
  expect(group.addedKilometres).toEqual({ least: Math.min(...added), most: Math.max(...added) });
});

test("a cell that has none of the regions is not touched", async () => {
  expect(await cellOutage(stacks, cell, { down: ["ap-south-1"], drained: [] })).toBeUndefined();
});
