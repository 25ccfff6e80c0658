import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { FleetStack } from "../../../fleet/stacks";
import { fleetStacks } from "../../../fleet/stacks";
import { type PlanFleetOptions, planFleet } from "../../../operations/plan/plan-fleet";
import { outputChanges } from "../../../operations/plan/plan-stack";
import type { FleetStore } from "../../../operations/store/model";
import { openStore } from "../../../operations/store/store";
import { applyPlan } from "../../../operations/terraform/terraform";
import { quietCaller } from "../../support/caller";
import { type FakeTerraform, fakeTerraform } from "../../support/fake-terraform";
import { fleetOf, smallFile } from "../../support/fleet";
import { tableState } from "../../support/states";

const fleet = fleetOf(smallFile);
const stacks = fleetStacks(fleet);
const [one, two, front] = stacks as [FleetStack, FleetStack, FleetStack];
const before = { ...process.env };
let terraform: FakeTerraform;
let store: FleetStore;

beforeEach(() => {
  terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  store = openStore(fleet, { ...quietCaller, assumeRole: () => Promise.reject(new Error("local")) });
  mkdirSync(join(terraform.folder, "plans"));
  for (const { name } of [one, two]) terraform.synthesize(name, "f1");
  synthesizeFront("f1");
});
afterEach(() => {
  store.close();
  terraform.remove();
  process.env = { ...before };
});

/** A front that reads an output of the first target. */
function synthesizeFront(fingerprint: string): void {
  const url = `\${data.terraform_remote_state.${one.name}.outputs.url}`;
  terraform.synthesize(front.name, fingerprint, { resource: { aws_front: { a: { origin: url } } } });
}

const contextOf = (folder: string) => ({ folder, env: terraform.env });

async function planAll(more: Partial<PlanFleetOptions> = {}) {
  const shown: string[] = [];
  const plan = await planFleet({
    ...{ stacks, outdir: terraform.outdir, plans: join(terraform.folder, "plans"), store, parallelism: 2 },
    all: false,
    terraform: (_, folder) => contextOf(folder),
    onPlan: ({ name }, _, predicted) => shown.push(predicted ? `${name} predicted` : name),
    onProgress: () => {},
    ...more,
  });
  return { plan, shown, ...namesOf(plan) };
}

function namesOf(plan: Awaited<ReturnType<typeof planFleet>>) {
  return {
    planned: [...plan.planned.keys()],
    unchanged: plan.unchanged.map(({ name }) => name),
    failed: Object.fromEntries([...plan.failed.values()].map(({ stack, why }) => [stack.name, why])),
  };
}

/** Plans and applies all, as a deploy does. */
async function deployAll(): Promise<void> {
  const { plan } = await planAll();
  for (const stack of [one, two]) {
    const file = plan.planned.get(stack.name)?.file;
    if (file) await applyPlan(contextOf(join(terraform.outdir, "stacks", stack.name)), file);
  }
  const after = await planAll();
  const file = after.plan.planned.get(front.name)?.file;
  if (file) await applyPlan(contextOf(join(terraform.outdir, "stacks", front.name)), file);
}

test("new targets are planned, and the front that reads them is shown from its JSON", async () => {
  const { plan, planned, shown } = await planAll();
  expect(planned).toEqual([one.name, two.name, front.name]);
  expect([...shown].sort()).toEqual([`${front.name} predicted`, one.name, two.name].sort());
  expect(plan.planned.get(front.name)).toMatchObject({ isNew: true, toChange: 1 });
  expect(plan.planned.get(front.name)?.file).toBeUndefined();
  expect(plan.planned.get(one.name)).toMatchObject({ fingerprint: "f1", isNew: true, toChange: 1 });
});

test("what is as deployed is not even asked about, but with all", async () => {
  await deployAll();
  const asked = terraform.calls().length;
  expect(await planAll()).toMatchObject({ planned: [], unchanged: stacks.map(({ name }) => name) });
  expect(terraform.calls()).toHaveLength(asked);
  expect((await planAll({ all: true })).unchanged).toHaveLength(3);
  expect(terraform.calls().length).toBeGreaterThan(asked);
});

test("a front is planned again when what it reads will change, and not for another change of its target", async () => {
  await deployAll();
  terraform.synthesize(one.name, "f2");
  const change = (after: string) => ({
    resource_changes: [],
    output_changes: { url: { actions: ["update"], before: "https://a", after } },
  });
  terraform.answer(one.name, { plan: change("https://b") });
  expect((await planAll()).planned).toEqual([one.name, front.name]);
  terraform.answer(one.name, { plan: change("https://a") });
  expect((await planAll()).planned).toEqual([one.name]);
});

test("a stack that cannot be planned hides no other, and says why", async () => {
  await deployAll();
  for (const { name } of [one, two]) terraform.synthesize(name, "f2");
  terraform.answer(one.name, { fails: { plan: "eu-central-1 does not answer" } });
  const { failed, planned, unchanged } = await planAll();
  expect(failed).toEqual({ [one.name]: "eu-central-1 does not answer" });
  expect({ planned, unchanged }).toEqual({ planned: [two.name], unchanged: [front.name] });
});

test("data cannot be planned while its home is another one than it was made in, and Terraform is not asked", async () => {
  const data: FleetStack = { ...one, kind: "data" };
  const moved = { ...store, state: async () => tableState("eu-west-3") };
  const { failed, plan } = await planAll({ stacks: [data, two], store: moved, findMade: undefined });
  expect(failed[one.name]).toMatch("its home is eu-central-1 now, and what it holds was made in eu-west-3");
  expect(plan.failed.get(one.name)).toMatchObject({ movedFrom: "eu-west-3" });
  expect(plan.planned.has(two.name)).toBe(true);
  expect(terraform.calls().filter((call) => call.startsWith(`${one.name} `))).toEqual([]);
});

test("of data that cannot be planned it is known whether it was ever deployed", async () => {
  terraform.answer(one.name, { fails: { plan: "down" } });
  expect((await planAll()).plan.failed.get(one.name)?.isNew).toBe(true);
  terraform.answer(one.name, {});
  await deployAll();
  terraform.synthesize(one.name, "f2");
  terraform.answer(one.name, { fails: { plan: "down" } });
  expect((await planAll()).plan.failed.get(one.name)?.isNew).toBeUndefined();
});

test("what a plan would lose is known with it, and of data what it takes away; not of what is destroyed as a whole", async () => {
  const gone = { address: "aws_dynamodb_table.orders", mode: "managed", type: "aws_dynamodb_table" };
  const change = { actions: ["delete"], before: { name: "acme_orders" }, after: null };
  for (const { name } of [one, two])
    terraform.answer(name, { plan: { resource_changes: [{ ...gone, name: "orders", change }] } });
  const { plan } = await planAll({ stacks: [{ ...one, kind: "data" }, two] });
  for (const { name } of [one, two])
    expect(plan.planned.get(name)?.loses).toMatchObject([{ name: "acme_orders", stack: name }]);
  expect(plan.planned.get(one.name)?.withdraws).toEqual({ replicas: [] });
  expect(plan.planned.get(two.name)?.withdraws).toBeUndefined();
  const orphan = await planAll({ stacks: [two], mode: "-destroy" });
  expect(orphan.plan.planned.get(two.name)).toMatchObject({ destroys: true, loses: [] });
});

test("a stack whose state somebody holds is not planned", async () => {
  const { calls } = terraform;
  const lockOf = async ({ name }: FleetStack) => (name === one.name ? "ann holds it" : undefined);
  expect((await planAll({ lockOf })).failed).toEqual({ [one.name]: "ann holds it" });
  expect(calls().filter((call) => call.startsWith(`${one.name} `))).toEqual([]);
});

test("what was made and not written down is taken over by the plan; what is not the stack's own fails it", async () => {
  const take = { to: "aws_thing.a", id: "i-1", provider: "aws.x" };
  let rounds = 0;
  const findMade = async ({ name }: FleetStack) => ({
    take: name === one.name && rounds++ === 0 ? [take] : [],
    conflicts: [],
  });
  await planAll({ findMade: findMade as unknown as PlanFleetOptions["findMade"] });
  expect(terraform.calls().filter((call) => call === `${one.name} plan`)).toHaveLength(2);
  // Left in the folder, it would be in the way of the next deploy.
  expect(readdirSync(join(terraform.outdir, "stacks", one.name))).toEqual(["cdk.tf.json"]);
  const conflict = { address: "aws_thing.a", type: "aws_thing", id: "i-2", tags: {}, why: "it is another's" };
  const foreign = async ({ name }: FleetStack) => ({
    take: [],
    conflicts: name === one.name ? [conflict] : [],
  });
  const { failed, planned } = await planAll({ findMade: foreign as unknown as PlanFleetOptions["findMade"] });
  expect(Object.keys(failed)).toEqual([one.name]);
  expect(planned).toContain(two.name);
});

test("once it is stopped, nothing further is planned", async () => {
  const stop = new AbortController();
  stop.abort();
  expect((await planAll({ stop: stop.signal })).failed).toMatchObject({
    [one.name]: "not planned: it was stopped",
  });
  expect(terraform.calls()).toEqual([]);
});

test("a plan of what is there is asked of every stack, whatever its fingerprint says", async () => {
  await deployAll();
  terraform.answer(two.name, { drift: { resource_drift: [] } });
  expect(await planAll({ mode: "-refresh-only" })).toMatchObject({
    planned: [two.name],
    unchanged: [one.name, front.name],
  });
  expect(terraform.calls()).toContain(`${front.name} plan -refresh-only`);
});

test.each([
  ["another output", { other: { actions: ["update"], before: 1, after: 2 } }, false],
  ["the part that is read", { url: { actions: ["update"], before: { a: 1 }, after: { a: 2 } } }, true],
  ["another part", { url: { actions: ["update"], before: { b: 1 }, after: { b: 2 } } }, false],
  ["what is not known yet", { url: { actions: ["update"], before: {}, after_unknown: { a: true } } }, true],
  [
    "an output that is wholly unknown",
    { url: { actions: ["create"], before: null, after_unknown: true } },
    true,
  ],
  ["nothing", { url: { actions: ["no-op"], before: { a: 1 }, after: { a: 1 } } }, false],
] as const)("an output that is read in part changes with: %s", (_, changes, expected) => {
  expect(outputChanges(changes, { stack: "s", output: "url", path: ["a"] })).toBe(expected);
});
