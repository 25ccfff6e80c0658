import type { Rollout } from "../../fleet/model";
import { resolveRollout, shareOf, toleranceOf, wavesOf } from "../../fleet/rollout";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";
import { fc } from "../support/properties";

const cellsNamed = (...names: readonly string[]) => names.map((name) => ({ name }));
const waves = (names: readonly string[], written: Rollout["waves"]) =>
  wavesOf(cellsNamed(...names), { waves: written }).map((wave) => wave.map(({ name }) => name));
const [tenth, half, all] = [{ percent: 10 }, { percent: 50 }, { percent: 100 }];

const fileWith = (stages: readonly string[], more: Partial<FleetFile> = {}): FleetFile => ({
  ...smallFile,
  cells: Object.fromEntries(
    stages.map((stage, index) => [`cell-${index}`, { stage, targets: { globex: ["eu-west-1"] } }]),
  ),
  ...more,
});
const order = (file: FleetFile) => fleetOf(file).stages.map(({ name }) => name);

describe("the stages of a fleet", () => {
  test("come in the order that the file says, each once", () => {
    const stages = ["production", "dev", "staging"];
    expect(order(fileWith(["dev", "staging", "production", "dev"], { stages }))).toEqual(stages);
  });

  test("come by the alphabet where it does not say, with production last", () => {
    expect(order(fileWith(["staging", "prod", "dev"]))).toEqual(["dev", "staging", "prod"]);
    expect(order(fileWith(["production", "zeta", "qa"]))).toEqual(["qa", "zeta", "production"]);
  });

  test("are those of cells that can be deployed", () => {
    const accounts = { ...smallFile.accounts, late: {} };
    const file = fileWith(["staging"], { accounts, stages: ["dev", "staging", "production"] });
    const late = { stage: "production", targets: { late: ["eu-west-1"] } };
    expect(order({ ...file, cells: { ...file.cells, late } })).toEqual(["staging"]);
  });

  test("each have the rollout that the file says for them", () => {
    const rollout = { production: { concurrency: 3 } };
    const { stages } = fleetOf(fileWith(["staging", "production"], { rollout }));
    expect(stages.map((stage) => stage.rollout.concurrency)).toEqual([{ count: 10 }, { count: 3 }]);
  });
});

describe("a rollout", () => {
  test("has all defaults where the file says nothing", () => {
    expect(resolveRollout()).toEqual({
      waves: [all],
      concurrency: { count: 10 },
      failureTolerance: { count: 0 },
      regions: "one-at-a-time",
      bake: 0,
      verify: undefined,
      rollback: "manual",
    });
  });

  test("keeps what is said, with numbers and shares told apart", () => {
    expect(
      resolveRollout({
        waves: [["initech"], 2, "10%", "100%"],
        concurrency: "20%",
        failureTolerance: 1,
        regions: "parallel",
        bake: "10m",
        verify: { path: "/health", status: 204 },
        rollback: "manual",
      }),
    ).toEqual({
      waves: [["initech"], { count: 2 }, tenth, all],
      concurrency: { percent: 20 },
      failureTolerance: { count: 1 },
      regions: "parallel",
      bake: 600,
      verify: { path: "/health", status: 204 },
      rollback: "manual",
    });
  });

  test("expects 200 and goes back by itself where there is something to verify", () => {
    expect(resolveRollout({ verify: { path: "/" } })).toMatchObject({
      verify: { path: "/", status: 200 },
      rollback: "automatic",
    });
  });

  test.each([
    ["0s", 0],
    ["30s", 30],
    ["2h", 7200],
  ])("bakes for %s: %d seconds", (bake, expected) => {
    expect(resolveRollout({ bake }).bake).toBe(expected);
  });
});

describe("a share", () => {
  test("is rounded up, so that there is at least one", () => {
    expect([0, 1, 10, 11, 100].map((of) => shareOf(tenth, of))).toEqual([0, 1, 1, 2, 10]);
    expect(shareOf({ percent: 0 }, 50)).toBe(0);
  });

  test("is never more than there are", () => {
    expect([shareOf({ count: 10 }, 3), shareOf({ count: 2 }, 3), shareOf(all, 3)]).toEqual([3, 2, 3]);
  });

  test("of failures is rounded down, so that no more may fail than was said", () => {
    expect([9, 10, 19, 20].map((of) => toleranceOf(tenth, of))).toEqual([0, 1, 1, 2]);
    expect([toleranceOf({ count: 2 }, 5), toleranceOf({ count: 2 }, 1)]).toEqual([2, 1]);
  });
});

describe("waves", () => {
  const five = ["e", "d", "c", "b", "a"];

  test("are everything at once by name, unless more is said", () => {
    expect(waves(five, [all])).toEqual([["a", "b", "c", "d", "e"]]);
  });

  test("are canaries first, then shares of the rest", () => {
    expect(waves(five, [["d"], tenth, half, all])).toEqual([["d"], ["a"], ["b", "c"], ["e"]]);
  });

  test("of shares never take a cell that a later list names", () => {
    expect(waves(five, [half, ["a"], all])).toEqual([["b", "c"], ["a"], ["d", "e"]]);
  });

  test("of a number take that many", () => {
    expect(waves(five, [{ count: 3 }, all])).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
  });

  test("without cells are left out, as are cells that were not selected", () => {
    expect(waves(["a"], [["d"], tenth, all])).toEqual([["a"]]);
    expect(waves([], [all])).toEqual([]);
  });

  test("have every cell exactly once, whatever they are and in whatever order the cells come", () => {
    const names = fc.uniqueArray(fc.constantFrom(..."abcdefghij"), { maxLength: 10 });
    const wave = fc.oneof(
      fc.uniqueArray(fc.constantFrom(..."abcdefghijkl"), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 100 }).map((percent) => ({ percent })),
      fc.integer({ min: 1, max: 4 }).map((count) => ({ count })),
    );
    fc.assert(
      fc.property(names, fc.array(wave, { minLength: 1, maxLength: 4 }), (cells, written) => {
        const found = waves(cells, written);
        expect(found.flat().sort()).toEqual([...cells].sort());
        expect(found.every(({ length }) => length > 0)).toBe(true);
        expect(waves([...cells].sort(), written)).toEqual(found);
      }),
    );
  });
});
