import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { cellSeconds, dealCells, type StackSeconds } from "../../../operations/rollout/deal";
import type { ScheduledCell } from "../../../operations/rollout/schedule";
import { scheduleOf } from "../../../operations/rollout/schedule";
import { fleetOf } from "../../support/fleet";
import { fc } from "../../support/properties";

const regions = ["eu-central-1", "eu-west-1", "eu-west-3", "eu-north-1"];

/** The cells of a wave: how many regions each has, one after the other or at once. */
function waveOf(sizes: readonly number[], inParallel = false): readonly ScheduledCell[] {
  const names = sizes.map((_, index) => `c${index}`);
  const fleet = fleetOf({
    fleet: "acme",
    accounts: { a: { id: "333333333333" } },
    services: { hello: { source: "a.ts" } },
    cells: Object.fromEntries(
      names.map((name, index) => [name, { stage: "dev", targets: { a: regions.slice(0, sizes[index]) } }]),
    ),
    rollout: { dev: { regions: inParallel ? "parallel" : "one-at-a-time" } },
  } as FleetFile);
  return scheduleOf(fleet, () => true).stages[0]?.waves[0] ?? [];
}

const sizes = fc.array(fc.integer({ min: 1, max: regions.length }), { minLength: 1, maxLength: 20 });
const shards = fc.integer({ min: 1, max: 12 });
const times: fc.Arbitrary<StackSeconds> = fc.record({
  target: fc.integer({ min: 1, max: 300 }),
  front: fc.integer({ min: 0, max: 300 }),
});

const namesOf = (hands: readonly (readonly ScheduledCell[])[]) =>
  hands.map((hand) => hand.map(({ cell }) => cell.name));
const secondsOf = (hand: readonly ScheduledCell[], seconds: StackSeconds) =>
  hand.reduce((sum, cell) => sum + cellSeconds(cell, seconds), 0);

test("every cell is in one hand, as a whole", () => {
  fc.assert(
    fc.property(sizes, shards, times, (sizes, shards, times) => {
      const cells = waveOf(sizes);
      const hands = dealCells(cells, shards, times);
      expect(hands).toHaveLength(shards);
      expect(hands.flat()).toHaveLength(cells.length);
      expect(new Set(hands.flat())).toEqual(new Set(cells));
    }),
    { numRuns: 40 },
  );
});

test("the order in which the cells come changes nothing, so that every shard and every retry deals alike", () => {
  fc.assert(
    fc.property(
      sizes,
      shards,
      times,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (...drawn) => {
        const [sizes, shards, times, random] = drawn;
        const cells = waveOf(sizes);
        const shuffled = [...cells]
          .map((cell) => ({ cell, rank: random.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ cell }) => cell);
        expect(namesOf(dealCells(shuffled, shards, times))).toEqual(namesOf(dealCells(cells, shards, times)));
      },
    ),
    { numRuns: 40 },
  );
});

test("no hand takes longer than the shortest by more than one cell, nor much longer than it must", () => {
  fc.assert(
    fc.property(sizes, shards, times, (sizes, shards, times) => {
      const cells = waveOf(sizes);
      const each = cells.map((cell) => cellSeconds(cell, times));
      const hands = dealCells(cells, shards, times).map((hand) => secondsOf(hand, times));
      const longest = Math.max(...each);
      expect(Math.max(...hands) - Math.min(...hands)).toBeLessThanOrEqual(longest);
      const total = each.reduce((sum, one) => sum + one, 0);
      // The last cell of the longest hand came where least was to do, and so no more than a share of all the others.
      expect(Math.max(...hands)).toBeLessThanOrEqual(total / shards + (1 - 1 / shards) * longest + 1e-9);
      if (cells.length <= shards) expect(Math.max(...hands)).toBe(longest);
    }),
    { numRuns: 40 },
  );
});

test("as many cells as shards get one each, and shards beyond that nothing", () => {
  const hands = dealCells(waveOf([1, 1, 1]), 5);
  expect(hands.map(({ length }) => length)).toEqual([1, 1, 1, 0, 0]);
  expect(dealCells([], 2)).toEqual([[], []]);
});

test("the longest come first, and then whatever fits", () => {
  const seconds = { target: 10, front: 0 };
  expect(namesOf(dealCells(waveOf([1, 2, 3, 4]), 2, seconds))).toEqual([
    ["c3", "c0"],
    ["c2", "c1"],
  ]);
});

test("a cell takes its steps one after the other, and as long as the longest of what is in one step", () => {
  const seconds = { target: 10, front: 7 };
  expect(waveOf([3]).map((cell) => cellSeconds(cell, seconds))).toEqual([37]);
  expect(waveOf([3], true).map((cell) => cellSeconds(cell, seconds))).toEqual([17]);
});
