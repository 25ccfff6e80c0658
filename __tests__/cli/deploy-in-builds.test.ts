import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DeployCommandOptions, deployCommand } from "../../cli/deploy";
import { openSelected } from "../../cli/plan";
import { planWork } from "../../cli/shared/fleet-plan";
import type { FleetWork } from "../../cli/shared/fleet-work";
import { recoveryOf } from "../../cli/shared/recovery";
import { selectionOf } from "../../cli/shared/selection-options";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { selectStacks } from "../../fleet/selection";
import { fleetStacks } from "../../fleet/stacks";
import { savePlans } from "../../operations/plan/saved-plans";
import { openStore } from "../../operations/store/store";
import { quietCaller } from "../support/caller";
import { type FakeTerraform, fakeTerraform } from "../support/fake-terraform";
import { fleetOf, smallFile } from "../support/fleet";

jest.mock("../../cli/plan", () => ({ openSelected: jest.fn(), refusals: () => [] }));
jest.mock("../../cli/shared/approval", () => ({
  announce: async () => ({ text: "a test", isLocal: true }),
  approve: async () => {},
  requireApprover: () => {},
}));
jest.mock("../../cli/shared/recovery", () => ({ recoveryOf: jest.fn(() => ({})) }));
jest.mock("../../cli/shared/fleet-work", () => ({ synthesizeFleet: async () => {}, say: () => {} }));

const names = ["canary", "a", "b", "c"];
const file = {
  ...smallFile,
  rollout: { production: { waves: [["canary"], "100%"], concurrency: 2 } },
  accounts: Object.fromEntries(names.map((name, index) => [name, { id: String(index + 1).repeat(12) }])),
  cells: Object.fromEntries(
    names.map((name) => [name, { stage: "production", tenant: name, targets: { [name]: ["eu-west-1"] } }]),
  ),
} as FleetFile;
const fleet = fleetOf(file);
/** The same, but that what is deployed is asked for an answer: here, nobody can be asked. */
const verifying = fleetOf({
  ...file,
  rollout: { production: { ...file.rollout?.production, verify: { path: "/" } } },
});
let used = fleet;
const stacks = fleetStacks(fleet);
const target = (cell: string) => `${cell}_${cell}_eu-west-1`;

const before = { ...process.env };
let terraform: FakeTerraform;
let session: FleetWork["session"];
let store: FleetWork["store"];
let folders = 0;

beforeEach(() => {
  jest.mocked(openSelected).mockReset();
  jest.mocked(recoveryOf).mockReturnValue({});
  used = fleet;
  terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  // Here, for it takes the environment as it is.
  session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("no role")) };
  store = openStore(fleet, session);
  for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, "write").mockReturnValue(true);
  process.exitCode = undefined;
  for (const { name } of stacks) terraform.synthesize(name, "f1");
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
  store.close();
  terraform.remove();
  process.env = { ...before };
});
function workOn(selected: FleetWork["selected"], plans: string): FleetWork {
  const stop = new AbortController().signal;
  return {
    ...{ fleet: used, stacks, selected, plans, store, session, parallelism: 4 },
    ...{ outdir: terraform.outdir, synthesized: terraform.outdir },
    interrupts: { stop, hurry: stop },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
    close: () => {},
  };
}
function newFolder(): string {
  const folder = join(terraform.folder, `plans-${folders++}`);
  mkdirSync(folder);
  return folder;
}

/** Plans the stage, as `plan --stage production --out <folder>` does. */
async function planned(role?: string): Promise<string> {
  const folder = newFolder();
  const work = workOn(
    stacks.filter(({ stage }) => stage !== undefined),
    folder,
  );
  const as = role === undefined ? undefined : { role, swap: (other: string) => other };
  const { picture, plan } = await planWork({ ...work, as }, { plans: folder });
  await savePlans(folder, plan, picture, role);
  return folder;
}

/** Runs one build; what it applied, and its exit status. */
async function build(plan: string | undefined, options: DeployCommandOptions) {
  const copy = newFolder();
  if (plan !== undefined) cpSync(plan, copy, { recursive: true });
  const all = { stage: ["production"], yes: true, json: true, ...options };
  jest
    .mocked(openSelected)
    .mockResolvedValue({ work: workOn(selectStacks(stacks, selectionOf(all)), newFolder()) });
  process.exitCode = undefined;
  const from = terraform.calls().length;
  await deployCommand("fleet.yaml", { ...all, ...(plan !== undefined && { plan: copy }) });
  const applied = terraform
    .calls()
    .slice(from)
    .flatMap((call) => (call.endsWith(" apply") ? [call.replace(" apply", "")] : []));
  return { applied, code: process.exitCode ?? 0 };
}
const part = (wave: number, shard?: string): DeployCommandOptions => ({ wave, shard, rollout: "7f1c" });
const ofCell = (cell: string) => [target(cell), `${cell}_front`];

test("builds deploy a wave between them, and again have nothing to do", async () => {
  const plans = await planned();
  expect(await build(plans, part(1))).toEqual({ applied: ofCell("canary"), code: 0 });
  const first = await build(plans, part(2, "1/2"));
  const second = await build(plans, part(2, "2/2"));
  expect([...first.applied, ...second.applied].sort()).toEqual(["a", "b", "c"].flatMap(ofCell).sort());
  expect(first.applied).toHaveLength(4);
  for (const shard of ["1/2", "2/2"])
    expect(await build(plans, part(2, shard))).toEqual({ applied: [], code: 0 });
  const runs = await store.runsOf({ id: "7f1c" });
  expect(runs.map(({ outcome, rollout }) => [rollout?.wave, rollout?.shard?.number, outcome])).toEqual(
    expect.arrayContaining([
      [1, undefined, "succeeded"],
      [2, 1, "succeeded"],
      [2, 2, "succeeded"],
    ]),
  );
  expect(runs).toHaveLength(3);
  expect(Object.values(runs[0]?.stacks ?? {}).every(({ begun }) => begun)).toBe(true);
});

test("a build that is tried again does what is left, by itself, and nothing that others did", async () => {
  const plans = await planned();
  await build(plans, part(1));
  terraform.answer(target("b"), { fails: { apply: "AWS said no" } });
  const first = await build(plans, part(2));
  expect(first).toMatchObject({ code: 1 });
  expect(await store.failedCells({ id: "7f1c", stage: "production", wave: 2 })).toEqual(["b"]);
  terraform.answer(target("b"), {});
  const second = await build(plans, part(2));
  expect(second.code).toBe(0);
  const done = first.applied.filter((name) => name !== target("b"));
  expect([...done, ...second.applied].sort()).toEqual(["a", "b", "c"].flatMap(ofCell).sort());
  expect(await store.failedCells({ id: "7f1c", stage: "production", wave: 2 })).toEqual([]);
  const [, failed, again] = await store.runsOf({ id: "7f1c" });
  expect(again?.resumes).toBe(failed?.id);
});

test("what another rollout deployed and never saw answer is asked before anything goes on", async () => {
  used = verifying;
  const [canary, front] = stacks.filter(({ cell }) => cell === "canary");
  if (!canary || !front) throw new Error("no canary");
  const place = { stack: canary.name, account: canary.account };
  expect(await build(await planned(), part(1))).toEqual({ applied: [canary.name], code: 1 });
  const plans = await planned();
  const next = { rollout: "next" };
  expect(await build(plans, { ...part(1), ...next })).toEqual({ applied: [], code: 1 });
  const [run] = await store.runsOf({ id: "next" });
  expect(run?.stacks[canary.name]?.state).toBe("failed");
  await expect(build(plans, { ...part(2), ...next })).rejects.toThrow("wave 2 of production is not begun");
  const [release] = await store.releases(place);
  await store.markRelease(place, release?.id ?? "", "passed");
  expect((await build(plans, { ...part(1), rollout: "third" })).applied).toEqual([front.name]);
});

test("a build of its own records applies no plans as they are: what has planned them could have put in anything", async () => {
  const records = { recordRole: "meridian-record" };
  const asked = terraform.calls().length;
  await expect(build(await planned(), { ...part(1), ...records })).rejects.toThrow(
    "were made as the roles that deploy",
  );
  expect(terraform.calls().slice(asked)).not.toContain(`${target("canary")} apply`);
  expect(await build(await planned("meridian-plan"), { ...part(1), ...records })).toEqual({
    ...{ applied: ofCell("canary"), code: 0 },
  });
});

test("locks are looked at of stacks that are done, too, where they may be released, and of nobody else's", async () => {
  const plans = await planned();
  const looked: string[] = [];
  jest.mocked(recoveryOf).mockReturnValue({
    lockOf: async ({ name }) => {
      looked.push(name);
      if (name === "canary_front") throw new Error("no answer");
      return undefined;
    },
  });
  await build(plans, part(1));
  expect(looked).toEqual([]);
  expect(await build(plans, { ...part(1), releaseLocks: true })).toEqual({ applied: [], code: 0 });
  expect(looked).toEqual(ofCell("canary"));
});

/** Leaves a function of the front of a cell at the edge, as an earlier run may have. */
async function leaveFunction(cell: string) {
  const account = fleet.cells.find(({ name }) => name === cell)?.front.account;
  if (!account) throw new Error("no cell");
  const left = [{ stack: `${cell}_front`, account, region: "us-east-1", name: "acme__bodies_old" }];
  await store.saveRun({
    ...{
      version: 1,
      id: "2026-01-01T00-00-00Z-000001",
      command: "deploy",
      arguments: [],
      fleet: "acme",
      by: "ann",
    },
    ...{ started: "2026-01-01T00:00:00.000Z", ended: "2026-01-01T00:01:00.000Z", outcome: "succeeded" },
    ...{ host: { name: "h", pid: 1 }, stacks: {}, left },
  });
  const assumed = jest.spyOn(session, "assumeRole");
  return { left, asked: () => assumed.mock.calls.filter(([{ arn }]) => arn.includes(account.id)) };
}

test("a function at the edge that another stack has left is handed on, and nobody of another account is asked", async () => {
  const { asked, left } = await leaveFunction("a");
  await build(await planned(), part(1));
  expect((await store.runsOf({ id: "7f1c" }))[0]?.left).toEqual(left);
  expect(asked()).toEqual([]);
});

test("a build that plans by itself looks into no accounts but those that it deploys to", async () => {
  const { asked } = await leaveFunction("a");
  const states = jest.spyOn(store, "states");
  const own = { cell: ["b"], rollout: "7f1c" };
  expect(await build(undefined, own)).toEqual({ applied: ofCell("b"), code: 0 });
  expect(await build(undefined, own)).toEqual({ applied: [], code: 0 });
  expect(asked()).toEqual([]);
  expect(states).not.toHaveBeenCalled();
});

test("what could not be planned fails, and the others are deployed where the stage bears that", async () => {
  const [stage] = fleet.stages;
  if (!stage) throw new Error("no stage");
  terraform.answer(target("b"), { fails: { plan: "eu-west-1 does not answer" } });
  const plans = await planned();
  await build(plans, part(1));
  jest.replaceProperty(stage.rollout, "failureTolerance", { count: 1 });
  const { applied, code } = await build(plans, part(2));
  expect(code).toBe(0);
  expect(applied).toEqual(expect.arrayContaining(["a", "c"].flatMap(ofCell)));
  expect(applied).not.toContain(target("b"));
  const [, run] = await store.runsOf({ id: "7f1c" });
  expect(run?.stacks[target("b")]).toMatchObject({ state: "failed" });
});

test("after a wave that failed, the next one does nothing; in another rollout it may", async () => {
  const plans = await planned();
  terraform.answer(target("canary"), { fails: { apply: "AWS said no" } });
  expect((await build(plans, part(1))).code).toBe(1);
  const asked = terraform.calls().length;
  await expect(build(plans, part(2, "1/2"))).rejects.toThrow(
    "wave 2 of production is not begun: wave 1 of production: 1 cell failed, and none may",
  );
  expect(terraform.calls()).toHaveLength(asked);
  expect((await build(plans, { ...part(2, "1/2"), rollout: "other" })).applied).toHaveLength(4);
});

test("what an attempt with other plans has begun is no excuse: these were asked for anew, as it was then", async () => {
  const role = { address: "aws_iam_role.a", mode: "managed", type: "aws_iam_role", name: "a" };
  const making = (size: number, ...actions: readonly string[]) => ({
    resource_changes: [{ ...role, change: { actions, before: null, after: { size } } }],
  });
  const canary = target("canary");
  terraform.answer(canary, { plan: making(1, "create"), fails: { apply: "AWS said no" } });
  const plans = await planned("meridian-plan");
  expect((await build(plans, part(1))).code).toBe(1);
  terraform.answer(canary, { plan: making(2, "create") });
  const anew = await planned("meridian-plan");
  terraform.answer(canary, { plan: making(2, "delete", "create") });
  expect(await build(anew, part(1))).toEqual({ applied: [], code: 1 });
  const last = (await store.runsOf({ id: "7f1c" })).at(-1);
  expect(last?.stacks[canary]?.why).toContain("delete and create, and not create");
  terraform.answer(canary, { plan: making(1, "delete", "create") });
  expect(await build(plans, part(1))).toEqual({ applied: ofCell("canary"), code: 0 });
});

test("a run that has done its share fails in its record, too, where the wave as a whole has", async () => {
  used = fleetOf({
    ...file,
    rollout: { production: { ...file.rollout?.production, failureTolerance: 1 } },
  });
  const plans = await planned();
  const wave = { id: "7f1c", stage: "production", wave: 2 };
  const failure = { cell: "b", run: "of the other shard", at: "2999-01-01T00:00:00.000Z" };
  await store.noteFailure(wave, { ...failure, unverified: true, broken: false });
  expect(await build(plans, part(2, "1/2"))).toMatchObject({ code: 1 });
  const [run] = await store.runsOf(wave);
  expect(run?.outcome).toBe("failed");
  expect(Object.values(run?.stacks ?? {}).every(({ state }) => state === "applied")).toBe(true);
});

test("a build that cannot see the others' failures deploys nothing", async () => {
  const plans = await planned();
  const asked = terraform.calls().length;
  for (const method of ["runsOf", "failedCells"] as const) {
    jest.spyOn(store, method).mockRejectedValueOnce(new Error("AccessDenied"));
    await expect(build(plans, part(1))).rejects.toThrow("what is kept of the rollout in");
  }
  expect(terraform.calls()).toHaveLength(asked);
});

test("without plans, only the wave is planned; without a rollout, nothing is kept of it but the run", async () => {
  expect(await build(undefined, { wave: 1 })).toEqual({ applied: ofCell("canary"), code: 0 });
  expect(terraform.calls().filter((call) => call.includes(" plan"))).toEqual(
    ofCell("canary").map((name) => `${name} plan`),
  );
  expect((await store.runs()).map(({ rollout }) => rollout)).toEqual([undefined]);
  await expect(build(undefined, { wave: 1, cell: ["a"] })).rejects.toThrow("nothing of wave 1 of production");
  await expect(build(undefined, { wave: 3 })).rejects.toThrow("the stage production has no wave 3");
});

test.each<[string, DeployCommandOptions]>([
  ["--shard needs --wave and --rollout and --plan", { shard: "1/2" }],
  ["--shard needs --plan", { ...part(1), shard: "1/2" }],
  ["--shard 0/3 is no share of a wave", { ...part(1, "0/3"), plan: "plans" }],
  ["--shard 4/3 is no share of a wave", { ...part(1, "4/3"), plan: "plans" }],
  ["--shard 1/ is no share of a wave", { ...part(1, "1/"), plan: "plans" }],
  ["--shard 1/3/5 is no share of a wave", { ...part(1, "1/3/5"), plan: "plans" }],
  ["--wave needs one --stage, by its name", { wave: 1, stage: [] }],
  ["--wave needs one --stage, by its name", { wave: 1, stage: ["staging", "production"] }],
  ["--wave needs one --stage, by its name", { wave: 1, stage: ["prod*"] }],
  ["--remove and --wave do not go together", { ...part(1), remove: true }],
  ["--resume and --rollout do not go together", { ...part(1), resume: true }],
  ['--rollout "a/b" is no id of a rollout', { rollout: "a/b" }],
  ['--rollout ".." is no id of a rollout', { rollout: ".." }],
])("%s", async (message, options) => {
  await expect(deployCommand("fleet.yaml", { stage: ["production"], ...options })).rejects.toThrow(message);
  expect(openSelected).not.toHaveBeenCalled();
});
