import { fleetStacks } from "../../../fleet/stacks";
import { recordRun } from "../../../operations/rollout/run-recorder";
import { scheduleOf } from "../../../operations/rollout/schedule";
import type { FleetStore, RunRecord } from "../../../operations/store/model";
import { fleetOf, smallFile } from "../../support/fleet";

/** Records a run of a small fleet; what was written last is what a killed run leaves. */
async function begin() {
  const fleet = fleetOf(smallFile);
  const written: RunRecord[] = [];
  const store = { saveRun: async (run: RunRecord) => void written.push(run) } as unknown as FleetStore;
  const about = {
    ...{ id: "2026-11-26T17-20-00Z-ab12cd", command: "deploy" as const, arguments: [], fleet: fleet.name },
    ...{ started: "2026-11-26T17:20:00.000Z", by: "ann@host", host: { name: "host", pid: 1 } },
  };
  const recorder = await recordRun(
    store,
    about,
    scheduleOf(fleet, () => true),
    [],
    () => {},
  );
  const [stack] = fleetStacks(fleet);
  if (!stack) throw new Error("the fleet has no stack");
  return { recorder, stack, left: () => written.at(-1)?.stacks[stack.name] };
}

test("a run is written down before anything of it begins", async () => {
  const { left } = await begin();
  expect(left()).toMatchObject({ state: "waiting" });
});

test.each(["applying", "rolling-back"] as const)(
  "a stack that is %s has not ended, so that a lock that is taken later is still known to be its own",
  async (state) => {
    const { left, recorder, stack } = await begin();
    recorder.note(stack, { state });
    expect(left()?.started).toBeDefined();
    expect(left()?.ended).toBeUndefined();
  },
);

test.each(["applied", "verified", "failed", "rolled-back"] as const)(
  "a stack that is %s has ended",
  async (state) => {
    const { left, recorder, stack } = await begin();
    recorder.note(stack, { state: "applying" });
    recorder.note(stack, { state });
    expect(left()?.ended).toBeDefined();
  },
);

test("that Terraform begins is written before it does, and stays whatever becomes of the stack", async () => {
  const { left, recorder, stack } = await begin();
  recorder.note(stack, { state: "applying" });
  await recorder.begin(stack);
  expect(left()).toMatchObject({ state: "applying", begun: true });
  recorder.note(stack, { state: "rolled-back" });
  expect(left()?.begun).toBe(true);
});
