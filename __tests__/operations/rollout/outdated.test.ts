import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fleetStacks } from "../../../fleet/stacks";
import { outdatedOf } from "../../../operations/rollout/outdated";
import type { StackState } from "../../../operations/store/model";
import { fleetOf, smallFile } from "../../support/fleet";

const stacks = fleetStacks(fleetOf(smallFile));
let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "meridian-outdated-"));
  for (const { name } of stacks) {
    mkdirSync(join(outdir, "stacks", name), { recursive: true });
    const json = { output: { meridian_begun: { value: "new" } } };
    writeFileSync(join(outdir, "stacks", name, "cdk.tf.json"), JSON.stringify(json));
  }
});
afterEach(() => rmSync(outdir, { recursive: true }));

/** Names of those that are outdated, where each has the same state. */
async function outdated(state: () => Promise<StackState | undefined>) {
  return (await outdatedOf(stacks, { outdir, store: { state } })).map(({ name }) => name);
}

const deployed = (value: string): StackState => ({
  ...{ serial: 1, lineage: "l", resources: [] },
  outputs: { meridian_begun: { value }, meridian_fingerprint: { value } },
});
const all = stacks.map(({ name }) => name);

test("what was deployed with other JSON is outdated; what was not deployed at all uses nothing", async () => {
  expect(await outdated(async () => deployed("old"))).toEqual(all);
  expect(await outdated(async () => deployed("new"))).toEqual([]);
  expect(await outdated(async () => undefined)).toEqual([]);
});

test("so is what cannot be read", async () => {
  expect(await outdated(() => Promise.reject(new Error("its region is down")))).toEqual(all);
});
