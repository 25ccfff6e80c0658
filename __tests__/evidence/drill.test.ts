import { drillFleet, drillSizes } from "../../bench/drill-fleet";
import { drillCell } from "../../evidence/drill";
import { drillCode, drillRouter, drillSpoiled, routerOf, violation } from "./spoiled-drill";
import { closedZone, onlyCell, synthesizedOf, twoZones } from "./support";

// All sizes are proven by the benchmark.
test.each(
  drillSizes.filter(({ regions, zones }) => [2, 10].includes(regions) && zones === Math.min(regions, 3)),
)("$regions regions and $zones zones hold", async (size) => {
  const made = onlyCell(drillFleet(size));
  const drill = await drillCell(synthesizedOf(made.fleet), made.cell);
  expect(drill.violations).toEqual([]);
  expect(drill.states).toBe(size.regions <= 6 ? 3 ** size.regions : 1 + 20 + 180);
  // 250 countries, 34 edge locations, and two viewers of whom nothing is known.
  expect(drill.cases % 286).toBe(0);
});

test("six regions hold in every state", async () => {
  const drill = await drillSpoiled(() => {}, onlyCell(drillFleet({ regions: 6, zones: 3 })));
  expect(drill.violations).toEqual([]);
  expect(drill.states).toBe(3 ** 6);
});

test("what only one region can answer is said, and is no violation", async () => {
  const { notes, violations } = await drillSpoiled(() => {});
  expect(notes).toEqual(["viewers of zone us get no answer while us-east-1 is down"]);
  expect(violations).toEqual([]);
  const one = onlyCell(drillFleet({ regions: 1, zones: 1 }));
  expect((await drillSpoiled(() => {}, one)).notes).toEqual([
    "nobody gets an answer while eu-central-1 is down",
  ]);
});

test("a closed zone and a cell without a zone hold, with two accounts in a region", async () => {
  const closed = onlyCell(closedZone);
  expect((await drillSpoiled(() => {}, closed)).violations).toEqual([]);
  const open = onlyCell({
    ...closedZone,
    accounts: { main: { id: "333333333333" }, other: { id: "444444444444" } },
    cells: {
      open: {
        stage: "p",
        targets: { main: ["eu-central-1", "us-east-1"], other: ["us-east-1"] },
        front: { account: "main" },
      },
    },
  });
  expect((await drillSpoiled(() => {}, open)).violations).toEqual([]);
});

test("a service that events alone call is no part of a front, and the rest holds", async () => {
  const worker = { source: "worker.ts", routes: [] };
  const cell = onlyCell({ ...closedZone, services: { ...closedZone.services, worker } });
  expect((await drillSpoiled(() => {}, cell)).violations).toEqual([]);
  const front = synthesizedOf(cell.fleet).get("globex_front");
  expect(JSON.stringify(front)).toContain("hello");
  expect(JSON.stringify(front)).not.toContain("worker");
});

test("the example is the smallest: fewest regions not up", async () => {
  const { example } = violation(
    await drillRouter('store.get("drained"', 'store.get("other"'),
    "drained regions",
  );
  expect([example?.down.length, example?.drained.length]).toEqual([0, 1]);
});

describe("the order", () => {
  const order = { EU: ["eu-west-1"], DE: ["eu-central-1"] };
  const written = onlyCell({
    ...twoZones,
    cells: {
      world: {
        ...twoZones.cells.world,
        stage: "p",
        targets: { main: ["eu-central-1", "eu-west-1"] },
        front: { order },
      },
    },
  });

  test("that the fleet file gives holds, for a country before its group", async () => {
    const { violations } = await drillSpoiled(() => {}, written);
    expect(violations).toEqual([]);
  });

  test("is not taken from the routing that made the router", async () => {
    const { front } = written.cell;
    const routing = new Map(
      [...front.routing].map(([country, entry]) => [
        country,
        { ...entry, regions: entry.regions.toReversed() },
      ]),
    );
    const turned = { ...written, cell: { ...written.cell, front: { ...front, routing } } };
    const drill = await drillCode(routerOf(turned.cell), turned);
    expect(violation(drill, "order").example?.expected).toMatch(/: the order of the fleet file$/);
  });

  test("is the nearest first where none is written", async () => {
    const { order: _, ...front } = written.cell.front;
    const drill = await drillSpoiled(() => {}, { ...written, cell: { ...written.cell, front } });
    expect(violation(drill, "order").example).toMatchObject({
      viewer: { country: "FR" },
    });
  });
});
