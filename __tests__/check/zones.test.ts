import { order } from "../../check/order";
import { references } from "../../check/references";
import { zones } from "../../check/zones";
import type { CellEntry, FleetFile } from "../../fleet/schema/fleet-file";

type Zones = NonNullable<FleetFile["zones"]>;

function fileOf(declared: Zones, cell: Omit<CellEntry, "stage">, zone?: string): FleetFile {
  return {
    fleet: "acme",
    zones: declared,
    accounts: {
      web: { id: "111111111111", zone },
      other: { id: "222222222222" },
      us: { id: "333333333333", zone: "us" },
    },
    services: {},
    cells: { web: { stage: "dev", ...cell } },
  };
}

const found = (...of: Parameters<typeof fileOf>) => [...zones({ file: fileOf(...of), declared: {} })];

describe("countries in two zones", () => {
  const regions = ["eu-central-1", "eu-west-1"];
  const targets = { web: regions };

  test.each([
    [["DE"], '"DE" is in zone "a"'],
    [["DE", "FR"], '"DE", "FR" are in zone "a"'],
    [["EU"], '"AT", "AX", "BE", "BG", "CY" and 29 more are in zone "a"'],
  ])("%j are named, not all of many", (countries, message) => {
    const declared = { a: { regions, countries: ["EU"] }, b: { regions, countries } };
    expect(found(declared, { zones: ["a", "b"], targets })).toEqual([
      expect.objectContaining({ code: "country-in-two-zones", message: expect.stringContaining(message) }),
    ]);
  });

  test("are not those of one zone that stands twice", () => {
    const declared = { a: { regions, countries: ["EU"] } };
    expect(found(declared, { zones: ["a", "a"], targets })).toEqual([
      expect.objectContaining({ code: "duplicate-zone", path: ["cells", "web", "zones", 1] }),
    ]);
  });
});

describe("a fix recommends no region without function URLs", () => {
  const swiss = { ch: { regions: ["eu-central-2"], countries: ["CH"] } };
  const mixed = { ch: { regions: ["eu-central-2", "eu-west-3", "eu-central-1"], countries: ["CH"] } };
  const targets = { web: ["us-east-1", "us-west-2"] };

  test.each([
    ["outside-zone", mixed, { zone: "ch", targets }, 'use a region of the zone: "eu-west-3", "eu-central-1"'],
    ["outside-zone", swiss, { zone: "ch", targets }, "remove it, or add regions to the zone"],
    [
      "zone-without-region",
      mixed,
      { zones: ["ch"], targets },
      'add a target in "eu-west-3", "eu-central-1", or leave the zone out',
    ],
    ["zone-without-region", swiss, { zones: ["ch"], targets }, "add regions to the zone, or leave it out"],
    [
      "single-region-zone",
      mixed,
      { zones: ["ch"], targets: { web: ["eu-west-3"] } },
      'add a second region of the zone, such as "eu-central-1", if its viewers must be answered when the first is down',
    ],
    [
      "single-region-zone",
      swiss,
      { zones: ["ch"], targets: { web: ["eu-central-2"] } },
      "add a second region of the zone if its viewers must be answered when the first is down",
    ],
  ])("%s %#", (code, declared, cell, fix) => {
    expect(found(declared, cell)[0]).toMatchObject({ code, fix });
  });

  test("order-without-target, order-outside-zone", () => {
    const cell = {
      zones: ["ch"],
      targets: { web: ["eu-central-2", "eu-west-3", "us-east-1"] },
      front: { order: { CH: ["us-east-1", "sa-east-1"] } },
    };
    const declared = { ch: { regions: ["eu-central-2", "eu-west-3"], countries: ["CH"] } };
    const fixes = [...order({ file: fileOf(declared, cell), declared: {} })].map(({ code, fix }) => [
      code,
      fix,
    ]);
    expect(fixes).toEqual([
      ["order-without-target", 'use a region of the cell: "eu-west-3", "us-east-1"'],
      ["order-outside-zone", 'use regions of the zone: "eu-west-3"'],
      ["order-outside-zone", 'use regions of the zone: "eu-west-3"'],
    ]);
  });

  test("unknown-region", () => {
    const file = fileOf({}, { targets: { web: ["somewhere-quite-else"] } });
    const [first] = references({ file, declared: {} });
    expect(first?.fix).toBe(
      'write one of "af-south-1", "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", …',
    );
  });
});

describe("an account with a zone in a cell without one", () => {
  const declared = {
    eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] },
    us: { regions: ["us-east-1", "us-west-2"], countries: ["US"] },
  };

  test.each<[CellEntry["targets"], string, CellEntry["front"]]>([
    [{ web: ["eu-central-1"] }, 'write "zone: eu" in the cell', undefined],
    [{ web: ["eu-central-1"], other: ["eu-west-1"] }, 'write "zone: eu" in the cell', undefined],
    [
      { web: ["eu-central-1"], other: ["us-east-1"] },
      'write "zones: [eu]" in the cell',
      { account: "other" },
    ],
    [{ web: ["eu-central-1"] }, 'write "zones: [eu]" in the cell', { account: "us" }],
    [{ web: ["eu-central-1"], us: ["us-east-1"] }, 'write "zones: [eu, us]" in the cell', undefined],
  ])("targets %j: the cell gets the kind of zone that suits them", (targets, fix, front) => {
    expect(found(declared, { targets, front }, "eu")[0]).toEqual(
      expect.objectContaining({
        code: "zone-without-viewers",
        fix: expect.stringContaining(fix),
        path: ["cells", "web", "targets", "web"],
      }),
    );
  });
});
