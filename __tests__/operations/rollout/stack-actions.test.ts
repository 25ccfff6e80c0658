import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Rollout } from "../../../fleet/model";
import { lockFile, providerVersion } from "../../../fleet/provider-lock";
import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import type { AwsSession } from "../../../operations/aws/role-credentials";
import { type PlanFleetOptions, planFleet } from "../../../operations/plan/plan-fleet";
import { NotBegun } from "../../../operations/rollout/deploy-cell";
import { type DeployContext, stackActions } from "../../../operations/rollout/stack-actions";
import type { FleetStore, StackState } from "../../../operations/store/model";
import { openStore } from "../../../operations/store/store";
import { quietCaller } from "../../support/caller";
import { type FakeTerraform, fakeTerraform } from "../../support/fake-terraform";
import { fleetOf, smallFile } from "../../support/fleet";
import { awsBlock, lockBlock, lockText } from "../../support/locks";

const fleet = fleetOf(smallFile);
const stacks = fleetStacks(fleet);
const [one, , front] = stacks as [FleetStack, FleetStack, FleetStack];
const placeOf = ({ account, name }: FleetStack) => ({ stack: name, account });
let session: AwsSession;
const rollout = { verify: { path: "/", status: 200 } } as Rollout;
const before = { ...process.env };
let terraform: FakeTerraform;
let store: FleetStore;
/** The provider lock file of the project. */
let lock: string | undefined;
/** The version of the provider that stacks ask for. */
let asked = providerVersion;

beforeEach(() => {
  lock = undefined;
  terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  // Here, for it takes the environment as it is.
  session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("nobody may assume the role")) };
  store = openStore(fleet, session);
  mkdirSync(join(terraform.folder, "plans"));
});
afterEach(() => {
  store.close();
  terraform.remove();
  process.env = { ...before };
});

/** What a rollout does, once this stack is synthesized with a fingerprint and planned. */
async function actionsFor(stack: FleetStack, fingerprint: string, more: Partial<DeployContext> = {}) {
  const backend = { local: { path: `../../../terraform-state/${stack.name}.tfstate` } };
  const required = { aws: { source: "aws", version: asked } };
  terraform.synthesize(stack.name, fingerprint, { terraform: { backend, required_providers: required } });
  const planning: PlanFleetOptions = {
    ...{ stacks: [stack], outdir: terraform.outdir, plans: join(terraform.folder, "plans"), store },
    ...{ parallelism: 1, all: false, onPlan: () => {}, onProgress: () => {} },
    terraform: (_, folder) => ({ folder, env: terraform.env, providerLock: lock }),
  };
  const problems: string[] = [];
  const plan = await planFleet(planning);
  const actions = stackActions({
    ...{ fleet, plan, planning, store, session, onCount: () => {}, unprotect: async () => {} },
    about: { by: "ann@build", revision: "c0ffee", run: `run-${fingerprint}` },
    onProblem: (what) => problems.push(what),
    ...more,
  });
  return { actions, plan, problems };
}

/** @param version of the provider that the stack asks for */
async function deploy(stack: FleetStack, fingerprint: string, version = providerVersion) {
  asked = version;
  const made = await actionsFor(stack, fingerprint);
  return { ...made, id: await made.actions.apply(stack) };
}

async function fingerprintOf(stack: FleetStack): Promise<unknown> {
  return (await store.state(placeOf(stack)))?.outputs.meridian_fingerprint?.value;
}

test("what was reviewed is applied, and kept as a release", async () => {
  const { id } = await deploy(one, "f1");
  expect(await fingerprintOf(one)).toBe("f1");
  expect(await store.releases(placeOf(one))).toMatchObject([
    { id, fingerprint: "f1", by: "ann@build", revision: "c0ffee", run: "run-f1" },
  ]);
});

/** A plan that destroys a table. */
const losing = {
  resource_changes: [
    {
      ...{
        address: "aws_dynamodb_table.orders",
        mode: "managed",
        type: "aws_dynamodb_table",
        name: "orders",
      },
      change: { actions: ["delete"], before: { name: "acme_globex_orders" }, after: null },
    },
  ],
};

test("what is to go with its data is unprotected right before, and nothing else is", async () => {
  const story: string[] = [];
  const unprotect: DeployContext["unprotect"] = async ({ id }, things) => {
    story.push(`${id}: ${things.map(({ name }) => name).join()} after ${terraform.calls().at(-1)}`);
  };
  const first = await actionsFor(one, "f1", { unprotect });
  await first.actions.apply(one);
  terraform.answer(one.name, { plan: losing });
  const second = await actionsFor(one, "f2", { unprotect });
  await second.actions.apply(one);
  expect(story).toEqual([
    `333333333333:  after ${one.name} show`,
    `333333333333: acme_globex_orders after ${one.name} show`,
  ]);
  expect(terraform.calls().at(-1)).toBe(`${one.name} apply`);
});

test("Terraform begins only once that is said", async () => {
  const told: string[] = [];
  const onBegin = async ({ name }: FleetStack) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    told.push(`${name} after ${terraform.calls().at(-1)}`);
  };
  const { actions } = await actionsFor(one, "f1", { onBegin });
  await actions.apply(one);
  expect(told).toEqual([`${one.name} after ${one.name} show`]);
  expect(terraform.calls().at(-1)).toBe(`${one.name} apply`);
});

test("a table whose protection stays is not destroyed", async () => {
  const unprotect = () => Promise.reject(new Error("no"));
  const { actions } = await actionsFor(one, "f1", { unprotect });
  await expect(actions.apply(one)).rejects.toThrow("no");
  expect(await fingerprintOf(one)).toBeUndefined();
});

test("a table that was made and not finished is kept, and the deploy has failed all the same", async () => {
  const state = (type: string, status?: "tainted"): StackState => ({
    ...{ serial: 1, lineage: "l", outputs: {} },
    resources: [{ mode: "managed", type, name: "orders", provider: "p", instances: [{ status }] }],
  });
  const failing = async (left: () => Promise<StackState>) => {
    const { actions, problems } = await actionsFor(one, "f1", { store: { ...store, state: left } });
    terraform.answer(one.name, { fails: { apply: "eu-west-1 does not answer" } });
    const asked = terraform.calls().length;
    await expect(actions.apply(one)).rejects.toThrow("eu-west-1 does not answer");
    terraform.answer(one.name, {});
    return { problems, after: terraform.calls().slice(asked) };
  };
  const [apply, untaint] = ["apply", "untaint"].map((command) => `${one.name} ${command}`);
  const table = "aws_dynamodb_table";
  expect((await failing(async () => state(table, "tainted"))).after).toEqual([apply, untaint]);
  expect((await failing(async () => state(table))).after).toEqual([apply]);
  expect((await failing(async () => state("aws_thing", "tainted"))).after).toEqual([apply]);
  const unread = await failing(() => Promise.reject(new Error("no answer")));
  expect(unread.problems).toEqual([
    `${one.name}: a table was made and not finished, and Terraform is not told to keep it: no answer`,
  ]);
});

test("a stack is not taken back if data would go with that, unless this deploy has made it", async () => {
  await deploy(one, "f1");
  const { actions, plan } = await deploy(one, "f2");
  terraform.answer(one.name, { plan: losing });
  await expect(actions.rollBack(one)).rejects.toThrow(
    "acme_globex_orders would be destroyed with what is in it, and nobody has allowed that",
  );
  expect(await fingerprintOf(one)).toBe("f2");
  const made = plan.planned.get(one.name);
  if (!made) throw new Error("not planned");
  const actionsOfIt = new Map([["aws_dynamodb_table.orders", "create"]]);
  const own = await actionsFor(one, "f2", {
    plan: { ...plan, planned: new Map([[one.name, { ...made, actions: actionsOfIt }]]) },
  });
  await own.actions.rollBack(one);
  expect(await fingerprintOf(one)).toBe("f1");
});

test("a stack is taken back with the provider lock file that it had, whether or not Terraform can install what it names", async () => {
  lock = join(terraform.folder, lockFile);
  const before = lockText(lockBlock("hashicorp/aws", "5.99.1", "h1:before="));
  for (const [fingerprint, version, text] of [
    ["f1", "5.99.1", before],
    ["f2", providerVersion, lockText(awsBlock)],
  ] as const) {
    writeFileSync(lock, text);
    await deploy(one, fingerprint, version);
  }
  const { actions } = await actionsFor(one, "f2");
  const id = await actions.rollBack(one);
  expect(await fingerprintOf(one)).toBe("f1");
  expect(terraform.calls()).toContain(`${one.name} init -lockfile=readonly`);
  const release = (await store.releases(placeOf(one))).find((each) => each.id === id);
  const sha256 = createHash("sha256").update(before).digest("hex");
  expect(release?.bundles).toEqual([{ path: `stacks/${one.name}/${lockFile}`, sha256 }]);
});

test("taken back from a checkout without the file, it is held to the one of the release, which keeps it", async () => {
  lock = join(terraform.folder, lockFile);
  writeFileSync(lock, lockText(awsBlock));
  await deploy(one, "f1");
  lock = undefined;
  await deploy(one, "f2");
  const { actions } = await actionsFor(one, "f2");
  const before = terraform.calls().length;
  const id = await actions.rollBack(one);
  expect(terraform.calls().slice(before)).toContain(`${one.name} init -lockfile=readonly`);
  const releases = await store.releases(placeOf(one));
  const files = releases.map(({ bundles, fingerprint }) => [fingerprint, bundles.map(({ path }) => path)]);
  const kept = [`stacks/${one.name}/${lockFile}`];
  expect(releases.find((each) => each.id === id)?.fingerprint).toBe("f1");
  expect(files.filter(([fingerprint]) => fingerprint === "f1")).toEqual([
    ["f1", kept],
    ["f1", kept],
  ]);
  expect(files.filter(([fingerprint]) => fingerprint === "f2")).toEqual([["f2", []]]);
});

test("a release that cannot be kept is said to be deployed", async () => {
  const full = {
    ...openStore(fleet, session),
    saveRelease: () => Promise.reject(new Error("the disk is full")),
  };
  const { actions } = await actionsFor(one, "f1", { store: full });
  await expect(actions.apply(one)).rejects.toThrow(
    "it is deployed, but its release could not be kept to go back to: the disk is full",
  );
  expect(await fingerprintOf(one)).toBe("f1");
});

test("what waits for its turn when the rollout is stopped does not begin", async () => {
  const stop = new AbortController();
  const { actions } = await actionsFor(one, "f1", { stop: stop.signal });
  stop.abort();
  await expect(actions.apply(one)).rejects.toThrow(NotBegun);
  expect(await fingerprintOf(one)).toBeUndefined();
});

test("a front that comes out otherwise than reviewed is not deployed, and it says in what", async () => {
  const { plan } = await actionsFor(front, "f1");
  const planned = plan.planned.get(front.name);
  if (!planned) throw new Error("not planned");
  const reviewed = new Map([
    [front.name, { ...planned, file: undefined, actions: new Map([["aws_thing.a", "update"]]) }],
  ]);
  const other = await actionsFor(front, "f1", { plan: { ...plan, planned: reviewed } });
  await expect(other.actions.apply(front)).rejects.toThrow("aws_thing.a: create, and not update");
  expect(await fingerprintOf(front)).toBeUndefined();
  const same = new Map([[front.name, { ...planned, file: undefined }]]);
  const fitting = await actionsFor(front, "f1", { plan: { ...plan, planned: same } });
  await fitting.actions.apply(front);
  expect(await fingerprintOf(front)).toBe("f1");
});

test("a stack is taken back to its last release that answered, with what that was made from", async () => {
  const first = await deploy(one, "f1");
  await store.markRelease(placeOf(one), first.id, "passed");
  const second = await deploy(one, "f2");
  await store.markRelease(placeOf(one), second.id, "failed");
  const third = await deploy(one, "f3");
  const id = await third.actions.rollBack(one);
  expect(await fingerprintOf(one)).toBe("f1");
  const kept = (await store.releases(placeOf(one))).find((release) => release.id === id);
  expect(kept).toMatchObject({ id, fingerprint: "f1", verification: "passed", run: "run-f3" });
});

test("without an earlier release there is nothing to go back to", async () => {
  const { actions } = await deploy(one, "f1");
  await expect(actions.rollBack(one)).rejects.toThrow("there is no earlier release to go back to");
  expect(await fingerprintOf(one)).toBe("f1");
});

test("a stack that is taken back is so even if that cannot be kept", async () => {
  const first = await deploy(one, "f1");
  await deploy(one, "f2");
  const full = {
    ...openStore(fleet, session),
    saveRelease: () => Promise.reject(new Error("the disk is full")),
  };
  const { actions, problems } = await actionsFor(one, "f2", { store: full });
  expect(await actions.rollBack(one)).toBe(first.id);
  expect(await fingerprintOf(one)).toBe("f1");
  expect(problems).toEqual([
    `${one.name} is taken back, and that is not kept as a release: the disk is full`,
  ]);
});

test("a stack that could not be asked is no failed release", async () => {
  const { actions } = await deploy(one, "f1");
  await expect(actions.verify(one, rollout)).rejects.toThrow("names no URL");
  expect((await store.releases(placeOf(one)))[0]?.verification).toBeUndefined();
});

test("nothing is asked where the stage verifies nothing, and the release counts as it is", async () => {
  const { actions } = await deploy(one, "f1");
  expect(await actions.verify(one, {} as Rollout)).toBeUndefined();
});
