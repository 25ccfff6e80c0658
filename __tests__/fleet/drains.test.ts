import { formatDrains, isReadable, parseDrains, roomLeft, strandedBy } from "../../fleet/drains";
import { regionCodes } from "../../fleet/geography/regions";
import type { Cell } from "../../fleet/model";
import type { CellEntry } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";
import { fc } from "../support/properties";

const since = "2026-11-21T10:00:00Z";

describe("the value of the key", () => {
  test("is the same for the same drains, in whatever order", () => {
    const drains = [
      { region: "us-east-1", since },
      { region: "eu-central-1", since, reason: 'disk "full"' },
    ];
    const text = `{"eu-central-1":{"since":"${since}","reason":"disk \\"full\\""},"us-east-1":{"since":"${since}"}}`;
    expect(formatDrains(drains)).toBe(text);
    expect(formatDrains(drains.toReversed())).toBe(text);
    expect(formatDrains([])).toBe("{}");
  });

  test("is read as it was written", () => {
    const reason = fc.option(fc.string({ unit: "binary" }), { nil: undefined });
    const drain = fc.record({ region: fc.constantFrom(...regionCodes), since: fc.constant(since), reason });
    fc.assert(
      fc.property(fc.uniqueArray(drain, { selector: ({ region }) => region }), (drains) => {
        const read = parseDrains(formatDrains(drains));
        expect(formatDrains(read)).toBe(formatDrains(drains));
        expect(read.map(({ region }) => region)).toEqual(drains.map(({ region }) => region).sort());
      }),
    );
  });

  test.each([undefined, "", "{", "null", "[]", "1", '"eu-west-1"', '["eu-west-1"]'])(
    "drains nothing where it is %j",
    (text) => expect(parseDrains(text)).toEqual([]),
  );

  test("is never too strange to be read", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(parseDrains(text))));
  });

  test("counts every region that the router leaves out, and reads of it what can be read", () => {
    const entries = {
      "eu-central-1": { since, reason: "disk full", by: "somebody" },
      "eu-west-1": true,
      "eu-west-2": { reason: "no time" },
      "eu-west-3": { since: "" },
      "eu-north-1": { since: "yesterday", reason: 7 },
      "eu-south-1": null,
      "eu-nowhere-1": { since },
      ["__proto__"]: { since },
    };
    expect(parseDrains(JSON.stringify(entries))).toEqual([
      { region: "eu-central-1", since, reason: "disk full" },
      { region: "eu-north-1", since: "yesterday" },
      { region: "eu-west-1" },
      { region: "eu-west-2", reason: "no time" },
      { region: "eu-west-3" },
    ]);
  });

  test("has room for 1024 bytes", () => {
    const drain = { region: "eu-west-1", since, reason: "" };
    const room = roomLeft([drain]);
    expect(room).toBe(1024 - `{"eu-west-1":{"since":"${since}","reason":""}}`.length);
    expect(roomLeft([{ ...drain, reason: "ä".repeat(room / 2) }])).toBe(room % 2);
    expect(roomLeft([{ ...drain, reason: '"'.repeat(room) }])).toBe(-room);
  });
});

test.each([
  ["{}", true],
  ['{"eu-west-1":1}', true],
  ["", false],
  ["null", false],
  ['["eu-west-1"]', false],
  ["eu-west-1", false],
])("%j is readable: %j", (text, expected) => {
  expect(isReadable(text)).toBe(expected);
});

describe("viewers without a region", () => {
  const front = (entry: Partial<CellEntry>): Cell["front"] => {
    const [cell] = fleetOf({
      ...smallFile,
      zones: {
        eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] },
        us: { regions: ["us-east-1"], countries: ["US"] },
      },
      cells: {
        globex: {
          stage: "production",
          targets: { globex: ["eu-central-1", "eu-west-1", "us-east-1"] },
          ...entry,
        },
      },
    }).cells;
    if (!cell) throw new Error("no cell");
    return cell.front;
  };

  test("are all viewers where the last region of a cell is drained", () => {
    const one = front({ targets: { globex: ["eu-west-1", "eu-central-1"] }, zone: "eu" });
    expect(strandedBy(one, [], "eu-west-1")).toEqual([]);
    const [all, ...more] = strandedBy(one, ["eu-central-1"], "eu-west-1");
    expect([all?.zone, all?.countries.length, more]).toEqual([undefined, one.routing.size, []]);
  });

  test("are those of a zone where its last region is drained, whatever else is there", () => {
    const zoned = front({ zones: ["us", "eu"] });
    expect(strandedBy(zoned, [], "us-east-1")).toEqual([{ zone: "us", countries: ["US"] }]);
    expect(strandedBy(zoned, [], "eu-west-1")).toEqual([]);
    const [eu, ...more] = strandedBy(zoned, ["eu-central-1"], "eu-west-1");
    expect([eu?.zone, eu?.countries.length, more]).toEqual(["eu", 34, []]);
  });

  test("are each zone's and all others where the whole cell is drained", () => {
    const last = front({ zones: ["eu", "us"], targets: { globex: ["eu-central-1"] } });
    expect(strandedBy(last, [], "eu-central-1").map(({ zone }) => zone)).toEqual([undefined, "eu"]);
  });

  test("are none where it is drained already, or not there", () => {
    const one = front({ targets: { globex: ["eu-west-1"] } });
    expect(strandedBy(one, ["eu-west-1"], "eu-west-1")).toEqual([]);
    expect(strandedBy(one, [], "us-east-1")).toEqual([]);
  });
});
