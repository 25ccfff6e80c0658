import type { Drain } from "../../../fleet/drains";
import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { type ChangeDrains, leavingRegions } from "../../../operations/removal/leaving-regions";
import type { OrphanStack } from "../../../operations/removal/orphan-stacks";
import type { StackState } from "../../../operations/store/model";
import { quietCaller } from "../../support/caller";
import { fleetOf, smallFile } from "../../support/fleet";

const run = "2026-11-26T17-20-00Z-ab12cd";
const arn = "arn:aws:cloudfront::333333333333:key-value-store/one";
const fleet = fleetOf({
  ...smallFile,
  cells: {
    globex: { stage: "production", tenant: "globex", targets: { globex: ["eu-central-1", "eu-north-1"] } },
  },
});
const front = fleetStacks(fleet).find(({ kind }) => kind === "front") as FleetStack;

/** The stack of a region that was a part of the cell. */
function orphan(region: string, host: string): OrphanStack {
  const name = `globex_globex_${region}`;
  const { account } = front;
  const stack: FleetStack = { name, kind: "target", account, regions: [region], cell: "globex", after: [] };
  return {
    stack,
    orphan: { stack: name, account, regions: [region], resources: [], why: "" },
    hosts: [host],
    data: [],
    kept: [],
  };
}

/** A cell whose front is deployed with these origins, and whose store holds these drains. */
function scene(orphans: readonly OrphanStack[], origins: readonly string[], drains: readonly Drain[] = []) {
  const said: string[] = [];
  let held = drains;
  const change: ChangeDrains = async (cell, store, _, decide) => {
    expect(store).toBe(arn);
    const decision = decide(cell, held);
    if (decision.kind !== "write") return false;
    held = decision.drains;
    return true;
  };
  const state = {
    ...{ serial: 1, lineage: "l", outputs: { key_value_store: { value: arn } } },
    resources: [
      {
        ...{ mode: "managed", type: "aws_cloudfront_distribution", name: "front", provider: "p" },
        instances: [{ attributes: { origin: origins.map((domain_name) => ({ domain_name })) } }],
      },
    ],
  } satisfies StackState;
  const regions = leavingRegions({
    ...{ fleet, orphans, run, change, say: (line) => said.push(line) },
    store: { state: async () => state },
    session: { ...quietCaller, assumeRole: () => Promise.reject(new Error("no role is needed")) },
  });
  return { regions, said, drained: () => held.map(({ region }) => region) };
}

const west = orphan("eu-west-1", "west.example.com");
const gone = new Set([west.stack.name]);

test("a region that a front still has is drained before, and put back in the end", async () => {
  const { drained, regions, said } = scene([west], ["west.example.com", "central.example.com"]);
  await regions.drain(front);
  expect(drained()).toEqual(["eu-west-1"]);
  await regions.finish(gone);
  expect(drained()).toEqual([]);
  expect(said).toEqual([
    "Drained eu-west-1 in globex, before its front lets go of it.",
    "Took the drain of eu-west-1 in globex back.",
  ]);
});

test("a region that the front has let go of before is not drained; a mark that was left is taken back", async () => {
  const { drained, regions } = scene([west], ["central.example.com"], [{ region: "eu-west-1" }]);
  await regions.drain(front);
  expect(drained()).toEqual(["eu-west-1"]);
  await regions.finish(gone);
  expect(drained()).toEqual([]);
});

test("a region that the cell still has in another account is not drained", async () => {
  const north = orphan("eu-north-1", "north.example.com");
  const { drained, regions } = scene([north], ["north.example.com"]);
  await regions.drain(front);
  expect(drained()).toEqual([]);
  await regions.finish(new Set([north.stack.name]));
});

test("what this run drained is put back where the front could not be changed; what somebody else drained is not", async () => {
  const own = scene([west], ["west.example.com"]);
  await own.regions.drain(front);
  await own.regions.undo(front);
  expect(own.drained()).toEqual([]);

  const others = scene([west], ["west.example.com"], [{ region: "eu-west-1", reason: "it is slow" }]);
  await others.regions.drain(front);
  await others.regions.undo(front);
  await others.regions.finish(new Set());
  expect(others.drained()).toEqual(["eu-west-1"]);
});

test("the last region that is not drained does not leave", async () => {
  const drains = [{ region: "eu-central-1" }, { region: "eu-north-1" }];
  const { drained, regions } = scene([west], ["west.example.com"], drains);
  await expect(regions.drain(front)).rejects.toThrow("eu-west-1 cannot be taken out of globex");
  expect(drained()).toEqual(["eu-central-1", "eu-north-1"]);
});
