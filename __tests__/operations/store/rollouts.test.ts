import type { FailedCell, RolloutPart, RunRecord } from "../../../operations/store/model";
import { openStore } from "../../../operations/store/store";
import { bucketStore, localStore, type TestStore } from "./stores";

const runOf = (id: string, rollout?: RolloutPart): RunRecord => ({
  ...{ version: 1, id, command: "deploy", arguments: [], fleet: "acme", started: "2026-11-26T17:20:00Z" },
  ...{ by: "ann@build", host: { name: "build", pid: 1, started: "1" }, stacks: {} },
  ...(rollout && { rollout }),
});
const failureOf = (cell: string): FailedCell => ({
  ...{ cell, run: "r1", at: "2026-11-26T17:21:00Z", unverified: false, broken: true },
});
const canaries = { id: "7f1c", stage: "production", wave: 1 };
const rest = { ...canaries, wave: 2 };

let on: TestStore;
afterEach(() => on.close());

describe.each([
  ["in a folder", localStore],
  ["in a bucket with a part for each account", bucketStore],
])("a store %s", (_, open) => {
  beforeEach(async () => {
    on = await open();
  });

  test("finds the runs of a rollout, and of one of its waves, the oldest first, and no others", async () => {
    const { store } = on;
    await Promise.all([
      store.saveRun(runOf("d", { ...rest, shard: { number: 2, of: 2 } })),
      store.saveRun(runOf("c", { ...rest, shard: { number: 1, of: 2 } })),
      store.saveRun(runOf("b", canaries)),
      store.saveRun(runOf("a", { id: "7f1c" })),
      store.saveRun(runOf("e", { ...rest, id: "7f1cc" })),
      store.saveRun(runOf("f", { ...canaries, stage: "staging" })),
      store.saveRun(runOf("g")),
    ]);
    const found = async (part: RolloutPart) => (await store.runsOf(part)).map(({ id }) => id);
    expect(await found({ id: "7f1c" })).toEqual(["a", "b", "c", "d", "f"]);
    expect(await found(rest)).toEqual(["c", "d"]);
    expect(await found({ id: "7f1c", stage: "production" })).toEqual(["b", "c", "d"]);
    expect(await found({ id: "other" })).toEqual([]);
    expect((await store.runs()).map(({ id }) => id)).toEqual(["g", "f", "e", "d", "c", "b", "a"]);
  });

  test("keeps which cells of a wave failed, until that is taken back", async () => {
    const { store } = on;
    await store.saveRun(runOf("a", canaries));
    for (const cell of ["tea", "coffee"]) await store.noteFailure(canaries, failureOf(cell));
    await store.noteFailure(rest, failureOf("milk"));
    expect(await store.failedCells(canaries)).toEqual(["coffee", "tea"]);
    expect(await store.failure(canaries, "tea")).toEqual(failureOf("tea"));
    expect(await store.failure(canaries, "milk")).toBeUndefined();
    for (let time = 0; time < 2; time++) await store.forgetFailure(canaries, "tea");
    expect(await store.failedCells(canaries)).toEqual(["coffee"]);
    expect(await store.failedCells({ ...canaries, id: "other" })).toEqual([]);
  });
});

test("runs and rollouts may be kept by a role that may do nothing else", async () => {
  on = await bucketStore();
  const assumed: unknown[] = [];
  const session = {
    ...{ environment: process.env, onSlow: () => {} },
    assumeRole: async (role: { readonly arn: string }) => {
      assumed.push(role.arn);
      return { accessKeyId: "test", secretAccessKey: "test" };
    },
  };
  const store = openStore(on.fleet, session, { recordRole: "meridian-record" });
  try {
    await store.saveRun(runOf("a", canaries));
    await store.noteFailure(canaries, failureOf("tea"));
    expect(assumed).toEqual(["arn:aws:iam::111111111111:role/meridian-record"]);
    const front = on.fleet.cells[0]?.front;
    if (front) await store.state(front);
    expect(assumed).toHaveLength(2);
    expect(assumed[1]).toBe("arn:aws:iam::333333333333:role/deployer");
  } finally {
    store.close();
  }
});

test("without a bucket that Meridian makes there is no account for such a role", async () => {
  on = await localStore();
  const session = { environment: process.env, onSlow: () => {}, assumeRole: () => Promise.reject() };
  expect(() => openStore(on.fleet, session, { recordRole: "meridian-record" })).toThrow(
    "there is no account to assume the role meridian-record in",
  );
});
