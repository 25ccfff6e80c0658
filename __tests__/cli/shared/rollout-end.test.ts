import { openWave } from "../../../cli/shared/rollout-end";
import { partOfWave } from "../../../operations/rollout/part";
import type { FailedCell, FleetStore } from "../../../operations/store/model";
import { sharedStore } from "../../operations/rollout/builds";
import { fleetWith } from "../../operations/rollout/story";

const fleet = fleetWith({ production: { waves: [["c"], "100%"], failureTolerance: 1 } });
const part = { id: "7f1c", stage: "production", wave: 2 };
const failure = (cell: string, unverified = false): FailedCell => ({
  ...{ cell, run: "r", at: "2026-11-27T00:00:00.000Z", broken: !unverified, unverified },
});

/** The second wave, which is the last, as a build of it sees it. */
function open(shared: Partial<FleetStore> = {}) {
  const store = { ...sharedStore(), ...shared } as unknown as FleetStore;
  const wave = partOfWave(fleet, part, () => true);
  const opened = openWave({ fleet, store }, { part, runs: [], wave }, { run: "r", started: "2026" });
  if (!opened) throw new Error("no wave");
  return { store, ...opened };
}
const succeeded = { outcome: "succeeded" } as const;

test("a run that came out has failed for others where its wave has, or its stage is not verified", async () => {
  const { judged, store } = open();
  expect(await judged(succeeded)).toEqual(succeeded);
  await store.noteFailure({ ...part, wave: 1 }, failure("c", true));
  expect(await judged(succeeded)).toEqual({
    outcome: "failed",
    halted: "production is not verified: 1 cell did not answer as they should",
  });
  for (const cell of ["a", "b"]) await store.noteFailure(part, failure(cell));
  expect((await judged(succeeded)).halted).toBe("wave 2 of production: 2 cells failed, and 1 may");
  expect((await judged({ outcome: "failed", halted: "its own reason" })).halted).toBe("its own reason");
});

test("one that was stopped was stopped, and where nothing can be told nothing is said to be right", async () => {
  const { judged } = open({ failedCells: () => Promise.reject(new Error("AccessDenied")) });
  expect(await judged({ outcome: "stopped" })).toEqual({ outcome: "stopped" });
  expect((await judged(succeeded)).halted).toMatch("it cannot be told");
});

test("a run of no wave has none", () => {
  const store = sharedStore() as unknown as FleetStore;
  const opened = openWave({ fleet, store }, { part: { id: "7f1c" }, runs: [] }, { run: "r", started: "" });
  expect(opened).toBeUndefined();
});
