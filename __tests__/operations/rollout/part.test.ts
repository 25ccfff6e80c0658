import fc from "fast-check";
import { fleetStacks } from "../../../fleet/stacks";
import { partOfWave, type WantedWave, type WavePart, waveOf } from "../../../operations/rollout/part";
import { fleetWith } from "./story";

const fleet = fleetWith({ production: { waves: [["c"], "100%"], concurrency: 2 } });
const wanted = { stage: "production", wave: 2 };
const all = () => true;
const own = (part: WavePart) => [...part.own].sort();
const shardsOf = (
  of: number,
  isConcerned: Parameters<typeof partOfWave>[2],
  more: Partial<WantedWave> = {},
) =>
  Array.from({ length: of }, (_, index) =>
    partOfWave(fleet, { ...wanted, ...more, shard: { number: index + 1, of } }, isConcerned),
  );

test("without shards, a wave is deployed as a whole", () => {
  const part = partOfWave(fleet, wanted, all);
  expect(own(part)).toEqual(["a", "b", "d"]);
  expect(part).toMatchObject({ cells: ["a", "b", "d"], atOnce: 2, isLast: true, busy: [1] });
  expect(partOfWave(fleet, { ...wanted, wave: 1 }, all)).toMatchObject({ cells: ["c"], isLast: false });
});

test("no more builds get something than cells may be deployed at once, and what may be is dealt as well", () => {
  const parts = shardsOf(3, all);
  expect(parts.map(({ own: { size } }) => size)).toEqual([2, 1, 0]);
  expect(parts.map(({ atOnce }) => atOnce)).toEqual([1, 1, 1]);
  expect(parts.map(({ busy }) => busy)).toEqual(Array(3).fill([1, 2]));
  const [one, two] = shardsOf(2, ({ cell }) => cell !== "d");
  expect([one?.atOnce, two?.atOnce]).toEqual([1, 1]);
});

test("a cell with nothing to do is somebody's, too: what was noted of it has to be taken back by one of them", () => {
  const parts = shardsOf(2, ({ cell }) => cell === "b");
  expect(parts.map(({ cells }) => cells)).toEqual([["b"], ["b"]]);
  expect(parts.flatMap(own).sort()).toEqual(["a", "b", "d"]);
});

test("a stage has its own waves only, and its own cells", () => {
  expect(waveOf(fleet, { stage: "staging", wave: 1 })).toMatchObject({ cells: ["s"], isLast: true });
  expect(() => waveOf(fleet, { stage: "production", wave: 3 })).toThrow("the stage production has no wave 3");
  expect(() => waveOf(fleet, { stage: "prod", wave: 1 })).toThrow("the stage prod has no wave 1");
  expect(() => waveOf(fleet, { stage: "prod", wave: 1 })).toThrow("once it has updated itself");
});

const names = fleetStacks(fleet).map(({ name }) => name);

test("whatever is to be done and in however many builds: every cell is dealt once, a cell whole, at no more at once than may be", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.subarray(names),
      fc.constantFrom<1 | 2 | "50%" | "100%">(1, 2, "50%", "100%"),
      (of, concerned, concurrency) => {
        const some = fleetWith({ production: { waves: ["100%"], concurrency } });
        const isConcerned = ({ name }: { readonly name: string }) => concerned.includes(name);
        const parts = Array.from({ length: of }, (_, index) =>
          partOfWave(some, { stage: "production", wave: 1, shard: { number: index + 1, of } }, isConcerned),
        );
        expect(parts.flatMap(own).sort()).toEqual(["a", "b", "c", "d"]);
        const whole = partOfWave(some, { stage: "production", wave: 1 }, isConcerned);
        const busy = parts.filter((part) => part.cells.some((cell) => part.own.has(cell)));
        const together = busy.reduce((sum, { atOnce }) => sum + atOnce, 0);
        expect(together).toBeLessThanOrEqual(whole.atOnce);
        expect(whole.busy.length === 0 ? [] : parts[0]?.busy).toEqual(
          parts.flatMap((part, index) => (busy.includes(part) ? [index + 1] : [])),
        );
      },
    ),
    { numRuns: 60 },
  );
});
