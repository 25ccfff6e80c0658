import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { rollOutReviewed } from "../../../cli/shared/fleet-deploy";
import { planWork } from "../../../cli/shared/fleet-plan";
import type { FleetWork } from "../../../cli/shared/fleet-work";
import type { Removal } from "../../../cli/shared/removal";
import { fleetStacks } from "../../../fleet/stacks";
import type { Orphan } from "../../../operations/plan/picture";
import { openStore } from "../../../operations/store/store";
import { quietCaller } from "../../support/caller";
import { type FakeTerraform, fakeTerraform } from "../../support/fake-terraform";
import { fleetOf } from "../../support/fleet";
import { organizationFile } from "../../support/organization";

const fleet = fleetOf(organizationFile);
const stacks = fleetStacks(fleet);
const selected = stacks.filter(({ cell, name }) => cell !== undefined || name === "accounts");
const targets = ["globex_globex_eu-central-1", "globex_globex_eu-west-1"];
/** Of an account that the fleet file does not have any more. */
const orphan: Orphan = {
  ...{ stack: "initech_front", regions: [], resources: [], why: "the fleet file has no such stack" },
  account: { name: "initech", id: "999999999999", deployRole: "meridian-deploy" },
};
const { account, stack: name } = orphan;
const orphanStack: Removal["orphans"][number] = {
  ...{ orphan, hosts: [], data: [], kept: [] },
  stack: { name, kind: "front", account, regions: [], cell: "initech", after: [] },
};

const before = { ...process.env };
let terraform: FakeTerraform;
let work: FleetWork;

beforeEach(() => {
  terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("no role")) };
  const store = openStore(fleet, session);
  const stop = new AbortController().signal;
  const [outdir, plans] = [terraform.outdir, join(terraform.folder, "plans")];
  mkdirSync(plans);
  for (const stack of [...selected.map((each) => each.name), name]) terraform.synthesize(stack, "f1");
  const things = { address: "aws_thing.a", mode: "managed", type: "aws_thing", name: "a" };
  const change = { actions: ["delete"], before: {}, after: null };
  terraform.answer(name, { plan: { resource_changes: [{ ...things, change }] } });
  work = {
    ...{ fleet, stacks, selected, outdir, synthesized: outdir, plans, store, session, parallelism: 1 },
    interrupts: { stop, hurry: stop },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
    close: () => store.close(),
  };
});
afterEach(() => {
  jest.restoreAllMocks();
  work.close();
  terraform.remove();
  process.env = { ...before };
});

/** What is taken away beside a change of all that is selected. @default the orphan */
interface Taken {
  readonly orphans?: Removal["orphans"];
  readonly unusable?: Removal["unusable"];
}

async function remove({ orphans = [orphanStack], unusable = [] }: Taken = {}) {
  const removed = jest.spyOn(work.store, "removeState").mockResolvedValue();
  const found = [...orphans, ...unusable].map((each) => each.orphan);
  const planned = await planWork(work, {
    removal: {
      ...{ outdir: work.outdir, orphans, unusable },
      found: { orphans: found, empty: [], unreadable: [] },
    },
  });
  const { record, result } = await rollOutReviewed(work, planned, {
    ...{ command: "deploy", unverified: new Set<string>() },
  });
  const applied = terraform.calls().flatMap((call) => (/ apply$/.test(call) ? [call.split(" ")[0]] : []));
  return { applied, record, result, removed: removed.mock.calls.map(([place]) => place) };
}

test("a tenant and its account are taken away before the foundation forgets them, and the record says so", async () => {
  const { applied, record, removed, result } = await remove();
  expect(applied).toEqual([...targets, "globex_front", name, "accounts"]);
  expect(removed).toEqual([{ stack: name, account }]);
  expect(record).toMatchObject({
    outcome: "succeeded",
    stacks: { [name]: { orphan: true, state: "removed" }, accounts: { state: "applied" } },
  });
  expect(result.outcome).toBe("succeeded");
  expect(await work.store.run(record.id)).toEqual(record);
});

test("an orphan that cannot be read is in the record, and keeps the foundation as it is", async () => {
  const other = { ...orphan, stack: "initech_initech_eu-west-1" };
  const { applied, record } = await remove({
    unusable: [{ orphan: other, why: "no release of it was kept" }],
  });
  expect(applied).toEqual([...targets, "globex_front", name]);
  expect(record).toMatchObject({
    outcome: "failed",
    stacks: {
      [other.stack]: { orphan: true, state: "failed", why: "no release of it was kept" },
      accounts: { state: "skipped", why: expect.stringMatching(`^${other.stack} is still there`) },
    },
  });
});

test("what was a cell's data goes once the cell is deployed without it, and not while a part of it is as before", async () => {
  const stack = { ...orphanStack.stack, kind: "data" as const, cell: "globex" };
  const orphans = [{ ...orphanStack, stack }];
  expect((await remove({ orphans })).record.stacks[name]?.state).toBe("removed");
  terraform.synthesize("globex_front", "f2");
  work = { ...work, selected: selected.filter((each) => each.kind === "target") };
  expect((await remove({ orphans })).record.stacks[name]).toMatchObject({
    ...{ state: "skipped", why: "globex_front, which may still use it, is not selected" },
  });
});

test("what a front that stays still sends requests to is not taken away", async () => {
  const { state } = work.store;
  const host = "abc.lambda-url.eu-west-3.on.aws";
  const origins = [{ attributes: { origin: [{ domain_name: host }] } }];
  jest.spyOn(work.store, "state").mockImplementation(async (place) => {
    const found = await state(place);
    if (place.stack !== "globex_front" || !found) return found;
    const front = { type: "aws_cloudfront_distribution", name: "front", provider: "p" };
    return { ...found, resources: [{ ...front, mode: "managed" as const, instances: origins }] };
  });
  const { record } = await remove({ orphans: [{ ...orphanStack, hosts: [host] }] });
  expect(record.stacks[name]).toMatchObject({
    ...{ state: "skipped", why: "globex_front, as it is deployed, still sends requests to it" },
  });
});
