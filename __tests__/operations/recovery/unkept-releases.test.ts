import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { unkeptReleases } from "../../../operations/recovery/unkept-releases";
import type {
  FleetStore,
  Release,
  RunRecord,
  RunStackState,
  StackState,
} from "../../../operations/store/model";
import { fleetOf, smallFile } from "../../support/fleet";

const [stack] = fleetStacks(fleetOf(smallFile)) as [FleetStack];

const run = (id: string, state: RunStackState, outcome?: RunRecord["outcome"]) =>
  ({ id, started: id, outcome, stacks: { [stack.name]: { account: "1", state } } }) as unknown as RunRecord;

/** Id of the run whose release of the stack is kept, where it is deployed with `f1`. */
async function keptOf(
  last: readonly RunRecord[],
  ofRollout?: readonly RunRecord[],
  releases: readonly Pick<Release, "fingerprint">[] = [],
): Promise<readonly string[]> {
  const outputs = { meridian_fingerprint: { value: "f1" } };
  const store = {
    runs: async (most?: number) => last.slice(0, most),
    state: async () => ({ serial: 1, lineage: "l", resources: [], outputs }) satisfies StackState,
    releases: async () => releases,
  } as unknown as FleetStore;
  return (await unkeptReleases(store, [stack], ofRollout)).map(({ run: { id } }) => id);
}

test("what a killed run had deployed is found, unless its release is there", async () => {
  expect(await keptOf([run("1", "applying")])).toEqual(["1"]);
  expect(await keptOf([run("1", "applying")], undefined, [{ fingerprint: "f1" }])).toEqual([]);
  expect(await keptOf([run("1", "applying", "stopped")])).toEqual([]);
  expect(await keptOf([run("1", "applied")])).toEqual([]);
});

test("a part of a rollout looks at the runs of other rollouts, too: more of them, and the newest first", async () => {
  expect(await keptOf([run("1", "applying")], [])).toEqual(["1"]);
  expect(await keptOf([run("2", "applying")], [run("1", "applying"), run("3", "applying")])).toEqual(["3"]);
  const builds = Array.from({ length: 100 }, (_, index) => run(String(900 - index), "verified", "succeeded"));
  expect(await keptOf([...builds, run("1", "applying")], [])).toEqual(["1"]);
  expect(await keptOf([...builds, run("1", "applying")])).toEqual([]);
});
