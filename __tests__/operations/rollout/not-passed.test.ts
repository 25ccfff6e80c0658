import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { notPassed } from "../../../operations/rollout/not-passed";
import type { FleetStore, Release, StackState } from "../../../operations/store/model";
import { fleetOf, smallFile } from "../../support/fleet";

const [stack] = fleetStacks(fleetOf(smallFile)) as [FleetStack];

/** A stack that has `f1`, and releases, the newest first. */
function storeWith(
  releases: readonly Pick<Release, "fingerprint" | "verification">[],
): Pick<FleetStore, "releases" | "state"> {
  const outputs = { meridian_fingerprint: { value: "f1" } };
  return {
    state: async () => ({ serial: 1, lineage: "l", resources: [], outputs }) satisfies StackState,
    releases: async (_, most) => releases.slice(0, most) as unknown as readonly Release[],
  };
}
const failed = { fingerprint: "f1", verification: "failed" } as const;
const passed = { fingerprint: "f1", verification: "passed" } as const;
const other = { fingerprint: "f2", verification: "passed" } as const;

test.each<[string, Parameters<typeof storeWith>[0], boolean]>([
  ["answered", [passed, failed], false],
  ["answered, though a newer one was kept", [other, passed], false],
  ["answered wrongly", [failed, passed], true],
  ["answered wrongly, though another one answered later", [other, failed], true],
  ["was never asked", [{ fingerprint: "f1" }], true],
  ["is not kept", [other], true],
])("of a stack whose release %s", async (_, releases, isAsked) => {
  expect([...(await notPassed(storeWith(releases), [stack]))]).toEqual(isAsked ? [stack.name] : []);
});

test("a stack of which nothing can be read holds up nothing", async () => {
  const store = { ...storeWith([failed]), state: () => Promise.reject(new Error("AccessDenied")) };
  expect([...(await notPassed(store, [stack]))]).toEqual([]);
});
