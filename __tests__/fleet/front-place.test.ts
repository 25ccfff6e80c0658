import { logRegion } from "../../fleet/front-place";
import type { CellEntry } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";

describe("one more account, whose name sorts first,", () => {
  const cellWith = (entry: Partial<CellEntry>) => {
    const cell = { stage: "production", targets: { globex: ["eu-west-1", "us-east-1"] }, ...entry };
    const accounts = { ...smallFile.accounts, acme: { id: "444444444444" } };
    const [made] = fleetOf({ ...smallFile, accounts, cells: { web: cell } }).cells;
    if (!made) throw new Error("no cell was made");
    return made;
  };
  const front = { account: "globex", logs: true };
  const before = cellWith({ front });
  const after = cellWith({ front, targets: { acme: ["us-west-2"], globex: ["eu-west-1", "us-east-1"] } });

  test("moves neither the front nor its logs", () => {
    expect(after.front).toMatchObject({ account: before.front.account, logs: before.front.logs });
    expect(after.front.logs?.region).toBe("eu-west-1");
  });

  test("leaves the first region, and the country of viewers who cannot be placed", () => {
    expect(after.targets.map(({ alias }) => alias)).toEqual([
      "globex_eu_west_1",
      "globex_us_east_1",
      "acme_us_west_2",
    ]);
    expect(after.defaultCountry).toBe(before.defaultCountry);
  });

  test("does not decide where a front is that names no account: that is an error of the file", () => {
    const targets = { acme: ["us-west-2"], globex: ["eu-west-1"] };
    expect(() => cellWith({ targets })).toThrow("account  is not declared");
  });
});

test.each([
  ["without a zone, the cell's first", ["eu-west-1", "us-east-1"], undefined, "eu-west-1"],
  [
    "the first that needs no opting in, which CloudFront does not write to",
    ["eu-south-1", "eu-west-1"],
    undefined,
    "eu-west-1",
  ],
  [
    "the cell's first inside its zone",
    ["us-east-1", "eu-west-1"],
    ["eu-central-1", "eu-west-1"],
    "eu-west-1",
  ],
  ["the zone's where the cell has none", ["eu-south-1"], ["eu-south-1", "eu-central-1"], "eu-central-1"],
  ["none outside the zone", ["eu-central-2", "eu-west-1"], ["eu-central-2"], undefined],
  ["none at all", ["eu-central-2"], undefined, undefined],
] as const)("logs lie in %s", (_, regions, zoneRegions, expected) => {
  expect(logRegion(regions, zoneRegions)).toBe(expected);
});

test("a read goes on to the next region where Lambda throttles, unless the file says otherwise", () => {
  const [cell] = Object.values(smallFile.cells);
  const failoverOf = (front?: CellEntry["front"]) =>
    fleetOf({ ...smallFile, cells: { globex: { ...(cell as CellEntry), front } } }).cells[0]?.front
      .failoverOn;
  expect(failoverOf()).toEqual([429, 502, 503, 504]);
  expect(failoverOf({ failoverOn: [502, 503, 504] })).toEqual([502, 503, 504]);
});
