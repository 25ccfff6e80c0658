import fc from "fast-check";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { failedBefore } from "../../../operations/rollout/judge-wave";
import { tallyOfBuilds } from "../../../operations/rollout/tally";
import { fleetOf, smallFile } from "../../support/fleet";
import { type Attempt, attempt, sharedStore } from "./builds";

const names = Array.from({ length: 12 }, (_, index) => `t${String(index).padStart(2, "0")}`);

/** Twelve production cells of one region each. */
function fleetWith(production: NonNullable<FleetFile["rollout"]>[string]) {
  return fleetOf({
    ...smallFile,
    rollout: { production },
    accounts: Object.fromEntries(
      names.map((name, index) => [name, { id: String(index + 100).padEnd(12, "0") }]),
    ),
    cells: Object.fromEntries(
      names.map((name) => [name, { stage: "production", tenant: name, targets: { [name]: ["eu-west-1"] } }]),
    ),
  } as FleetFile);
}
const verify = { path: "/" };
const base = (rollout: Parameters<typeof fleetWith>[0], more: Partial<Attempt> = {}): Attempt => ({
  ...{ fleet: fleetWith(rollout), store: sharedStore(), stage: "production", wave: 1, shards: 3, ...more },
});
const isFine = ({ outcome, tolerated }: { readonly outcome: string; readonly tolerated?: true }) =>
  outcome === "succeeded" || tolerated === true;

test("builds deploy each cell once, whatever may be tolerated and whoever begins when", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.subarray(names),
      fc.array(fc.nat({ max: 20 }), { minLength: 8, maxLength: 8 }),
      async (shards, concerned, delays) => {
        const isConcerned = ({ cell = "" }: { readonly cell?: string }) => concerned.includes(cell);
        const given = base(
          { concurrency: 12 },
          { shards, isConcerned, delay: (shard) => delays[shard - 1] ?? 0 },
        );
        const first = await attempt(given);
        expect(first.begun.flat().sort()).toEqual([...concerned].sort());
        expect(first.results.every(isFine)).toBe(true);
        // The same again, in the same rollout.
        expect((await attempt(given)).begun.map((cells) => [...cells].sort())).toEqual(
          first.begun.map((cells) => [...cells].sort()),
        );
      },
    ),
    { numRuns: 25 },
  );
});

test("once more cells have failed than may, nothing begins but what was just about to, in all builds together", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 3 }),
      fc.subarray(names),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 12, maxLength: 12 }),
      async (shards, concurrency, failureTolerance, wrong, turns) => {
        const store = sharedStore();
        let late = 0;
        let together = 0;
        const given = base(
          { concurrency, failureTolerance },
          {
            ...{ shards, store, failing: new Map(wrong.map((cell) => [cell, "broken" as const])) },
            turns: ({ cell = "" }) => turns[names.indexOf(cell)] ?? 1,
            onBegin: () => {
              together++;
              if (store.notes.size > failureTolerance) late++;
            },
          },
        );
        const { begun, results } = await attempt(given);
        expect(late).toBeLessThanOrEqual(concurrency);
        expect(new Set(begun.flat()).size).toBe(together);
        const failed = begun.flat().filter((cell) => wrong.includes(cell)).length;
        expect(store.notes.size).toBe(failed);
        const isOver = failed > failureTolerance;
        expect(results.every(isFine)).toBe(!isOver && failed < names.length);
        if (!isOver) expect(begun.flat().sort()).toEqual(names);
      },
    ),
    { numRuns: 60 },
  );
});

test("failures that are tolerated are said, and end no build with an error", async () => {
  const { results } = await attempt(
    base({ failureTolerance: 1, concurrency: 6 }, { failing: new Map([["t03", "broken"]]) }),
  );
  expect(results.map(({ outcome }) => outcome).sort()).toEqual(["failed", "succeeded", "succeeded"]);
  expect(results.filter(({ tolerated }) => tolerated)).toHaveLength(1);
});

test("a build all of whose cells came out has failed, too, if too many of the others' have", async () => {
  const given = base(
    { concurrency: 12 },
    { failing: new Map([["t00", "broken"]]), turns: ({ cell }) => (cell === "t00" ? 1 : 5) },
  );
  const { results } = await attempt(given);
  expect(results.map(({ halted }) => halted)).toEqual(
    Array(3).fill("wave 1 of production: 1 cell failed, and none may"),
  );
});

test("what an earlier attempt has noted keeps no build of the next one from its cells, however late the others come", async () => {
  const store = sharedStore();
  const rollout = { concurrency: 12 };
  const broken = new Map(names.slice(0, 6).map((cell) => [cell, "broken" as const]));
  const first = await attempt(base(rollout, { store, failing: broken }));
  expect(first.results.some(isFine)).toBe(false);
  const second = await attempt(base(rollout, { store, delay: (shard) => shard * 40 }));
  expect(second.begun.flat().sort()).toEqual(names);
  expect(second.results.every(isFine)).toBe(true);
  expect(store.notes.size).toBe(0);
});

test("answers that are wrong hold back the next stage at the end of the last wave, and not the next wave", async () => {
  const store = sharedStore();
  const waves: FleetFile["rollout"] = {
    production: { waves: [names.slice(0, 4), "100%"], failureTolerance: 1, verify },
  };
  const wrong = new Map([["t01", "wrong" as const]]);
  const wave = (number: number, failing?: Attempt["failing"]) =>
    attempt(base(waves.production ?? {}, { store, wave: number, failing }));
  expect((await wave(1, wrong)).results.every(isFine)).toBe(true);
  const last = await wave(2);
  expect(last.begun.flat()).toHaveLength(8);
  expect(last.results.map(({ halted }) => halted)).toEqual(
    Array(3).fill("production is not verified: 1 cell did not answer as they should"),
  );
  expect((await wave(1)).results.every(isFine)).toBe(true);
  expect((await wave(2)).results.every(isFine)).toBe(true);
});

test("a change that comes out nowhere holds back the next stage, and the last build to end says so", async () => {
  const all = new Map(names.map((cell) => [cell, "broken" as const]));
  const rollout = { failureTolerance: "100%" as const, concurrency: 12, verify };
  const given = base(rollout, { failing: all, delay: (shard) => shard * 30 });
  const { results } = await attempt(given);
  expect(results.map(isFine)).toEqual([true, true, false]);
  expect(results[2]?.halted).toBe("production is not verified: nothing of it could be deployed");
  const other = new Map([...all].filter(([cell]) => cell !== "t11"));
  expect((await attempt(base(rollout, { failing: other }))).results.every(isFine)).toBe(true);
});

test("a wave does not begin where one before it has failed, and does where that is tolerated", async () => {
  const store = sharedStore();
  const rollout = {
    waves: [names.slice(0, 4), names.slice(4, 8), "100%" as const],
    failureTolerance: "25%" as const,
  };
  const deploy = (...cells: readonly string[]) =>
    attempt(base(rollout, { store, failing: new Map(cells.map((cell) => [cell, "broken" as const])) }));
  const third = { id: "7f1c", stage: "production", wave: 3 };
  const why = (wave = third) => failedBefore(store, wave, { percent: 25 });
  expect(await why()).toBeUndefined();
  await deploy("t00");
  expect(await why()).toBeUndefined();
  await deploy("t00", "t01");
  expect(await why()).toBe("wave 1 of production: 2 cells failed, and 1 may");
  expect(await why({ ...third, wave: 1 })).toBeUndefined();
  expect(await why({ ...third, id: "other" })).toBeUndefined();
});

test("nothing begins while nobody can tell how many have failed", async () => {
  const whole = sharedStore();
  let calls = 0;
  const failedCells: typeof whole.failedCells = (wave) =>
    // The first of each build is about what an earlier attempt has noted.
    ++calls > 3 ? Promise.reject(new Error("AccessDenied")) : whole.failedCells(wave);
  const { begun, results } = await attempt(base({}, { store: { ...whole, failedCells } }));
  expect(begun.flat()).toEqual([]);
  expect(results.map(({ halted }) => halted)).toEqual(
    Array(3).fill("it cannot be told how many cells of its wave have failed: AccessDenied"),
  );
});

test("a failure that cannot be noted counts here all the same, and is said", async () => {
  const problems: string[] = [];
  const tally = tallyOfBuilds({
    store: { ...sharedStore(), noteFailure: () => Promise.reject(new Error("AccessDenied")) },
    ...{ wave: { id: "7f1c", stage: "production", wave: 1 }, run: "r", since: "", cells: 12, atOnce: 1 },
    onProblem: (what) => problems.push(what),
  });
  await tally.add("t00", {
    failed: true,
    unverified: false,
    broken: true,
    deployed: false,
    unplannedData: false,
  });
  expect(await tally.failed()).toBe(1);
  expect(problems).toEqual(["the other builds of the wave do not know that t00 failed: AccessDenied"]);
});
