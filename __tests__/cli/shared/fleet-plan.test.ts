import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { planReport } from "../../../cli/output/plan-report";
import { planWork } from "../../../cli/shared/fleet-plan";
import type { FleetWork } from "../../../cli/shared/fleet-work";
import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import type { StateResource } from "../../../operations/store/model";
import { openStore } from "../../../operations/store/store";
import { quietCaller } from "../../support/caller";
import { fakeTerraform } from "../../support/fake-terraform";
import { fleetOf, smallFile } from "../../support/fleet";

const known = fleetOf({
  ...smallFile,
  tables: { orders: { key: { id: "string" } } },
  cells: {
    globex: {
      ...{ stage: "production", tenant: "globex", home: "eu-central-1" },
      targets: { globex: ["eu-central-1", "eu-west-1"] },
    },
  },
});
const mail = {
  ...{ name: "mail", adds: [], deploy: [] },
  resourceTypes: { aws_pipes_pipe: { holdsData: true, what: "mail" } },
};
const fleet = { ...known, extensions: [mail] };
const stacks = fleetStacks(fleet);
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
  jest.restoreAllMocks();
});

test("with its home region down, a cell's data is reported with the reason, and all else is planned, with what that loses", async () => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  const plans = join(terraform.folder, "plans");
  mkdirSync(plans);
  for (const { name } of stacks) terraform.synthesize(name, "f1");
  const data = "globex_data";
  terraform.answer(data, { fails: { plan: "eu-central-1 does not answer" } });
  const target = "globex_globex_eu-west-1";
  const pipe = { address: "aws_pipes_pipe.a", mode: "managed", type: "aws_pipes_pipe", name: "a" };
  const change = { actions: ["delete"], before: { name: "mail" }, after: null };
  terraform.answer(target, { plan: { resource_changes: [{ ...pipe, change }] } });
  const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("local")) };
  const store = openStore(fleet, session);
  const stop = new AbortController().signal;
  const work: FleetWork = {
    ...{
      fleet,
      stacks,
      selected: stacks,
      synthesized: terraform.outdir,
      outdir: terraform.outdir,
      plans,
      store,
      session,
      parallelism: 2,
    },
    interrupts: { stop, hurry: stop },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
    close: () => store.close(),
  };
  try {
    const { picture, plan } = await planWork(work);
    expect([...plan.planned.keys()]).toEqual(stacks.map(({ name }) => name).filter((name) => name !== data));
    expect(plan.planned.get(target)?.loses).toMatchObject([{ name: "mail" }]);
    expect(picture.failed).toEqual([{ stack: data, why: "eu-central-1 does not answer" }]);
    expect(picture.risks).toMatchObject([{ code: "tables-not-planned" }]);
    expect(planReport(picture)).toMatch(/globex_data[\s\S]*eu-central-1 does not answer/);
  } finally {
    work.close();
    terraform.remove();
  }
});

test("an orphan in a region that the guardrail closes is named while it can still be destroyed", async () => {
  const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  const plans = join(terraform.folder, "plans");
  mkdirSync(plans);
  const guarded = fleetOf({
    ...smallFile,
    organization: { management: "main", units: ["tenants"], regionGuardrail: true },
    accounts: { main: { id: "111111111111" }, globex: { ...smallFile.accounts.globex, unit: "tenants" } },
  });
  const organization = fleetStacks(guarded).filter(({ name }) => name === "organization");
  terraform.synthesize("organization", "f1");
  terraform.answer("organization", { plan: { resource_changes: [] } });
  const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("local")) };
  const store = openStore(guarded, session);
  const account = guarded.cells[0]?.targets[0]?.account;
  if (!account) throw new Error("the cell has no target");
  const regions = ["eu-north-1", "eu-west-1"];
  const functionIn = (region: string): StateResource => ({
    ...{ mode: "managed", type: "aws_lambda_function", name: "hello", provider: "aws" },
    instances: [{ attributes: { arn: `arn:aws:lambda:${region}:333333333333:function:hello` } }],
  });
  const withOrphans: typeof store = {
    ...store,
    states: async () => ({
      places: regions.map((region) => ({ stack: `old_globex_${region}`, account })),
      unreadable: [],
    }),
    state: async ({ stack }) => {
      const region = regions.find((one) => stack.endsWith(one));
      return region === undefined
        ? undefined
        : { serial: 1, lineage: "l", outputs: {}, resources: [functionIn(region)] };
    },
  };
  const stop = new AbortController().signal;
  const work: FleetWork = {
    ...{
      fleet: guarded,
      stacks: organization,
      selected: organization,
      synthesized: terraform.outdir,
      outdir: terraform.outdir,
      plans,
    },
    ...{ store: withOrphans, session, parallelism: 1, interrupts: { stop, hurry: stop } },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
    close: () => store.close(),
  };
  try {
    await planWork(work);
    const text = said.mock.calls.map(([line]) => String(line)).join("");
    expect(text).toContain(
      "note: old_globex_eu-north-1: once organization is deployed, the guardrail closes",
    );
  } finally {
    work.close();
    terraform.remove();
  }
});

test("what a run takes away is named where what decides about deploys cannot wait for that", async () => {
  const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  const plans = join(terraform.folder, "plans");
  mkdirSync(plans);
  const organized = fleetOf({
    ...smallFile,
    organization: { management: "main", units: ["tenants"] },
    accounts: { main: { id: "111111111111" }, globex: { ...smallFile.accounts.globex, unit: "tenants" } },
  });
  const all = fleetStacks(organized).filter(({ kind }) => kind === "organization" || kind === "target");
  for (const { name } of all) terraform.synthesize(name, "f1");
  const change = (action: string) => ({
    ...{ address: `aws_sqs_queue.${action}`, mode: "managed", type: "aws_sqs_queue", name: action },
    change: { actions: [action], before: null, after: null },
  });
  const [adds, loses] = all.filter(({ kind }) => kind === "target").map(({ name }) => name);
  if (!adds || !loses) throw new Error("the cell has no two targets");
  terraform.answer("organization", { plan: { resource_changes: [] } });
  terraform.answer(adds, { plan: { resource_changes: [change("create")] } });
  terraform.answer(loses, { plan: { resource_changes: [change("delete")] } });
  const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("local")) };
  const store = openStore(organized, session);
  const stop = new AbortController().signal;
  const work: FleetWork = {
    ...{
      fleet: organized,
      stacks: all,
      selected: all,
      synthesized: terraform.outdir,
      outdir: terraform.outdir,
      plans,
      store,
      session,
    },
    ...{ parallelism: 2, interrupts: { stop, hurry: stop } },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
    close: () => store.close(),
  };
  try {
    await planWork(work);
    const text = said.mock.calls.map(([line]) => String(line)).join("");
    expect(text).toContain("note: organization is deployed first");
    expect(text).toContain(`what goes in ${loses};`);
  } finally {
    work.close();
    terraform.remove();
  }
});

test("a lock holds up no plan of another role, which takes none and is made again: it is noted", async () => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  const plans = join(terraform.folder, "plans");
  mkdirSync(plans);
  const [one, other] = fleetStacks(fleetOf(smallFile)) as [FleetStack, FleetStack];
  for (const { name } of [one, other]) terraform.synthesize(name, "f1");
  const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("local")) };
  const store = openStore(fleetOf(smallFile), session);
  const held = { id: "1", operation: "OperationTypeApply", who: "ann@build", created: "2026", version: "1" };
  const stop = new AbortController().signal;
  const work: FleetWork = {
    // Only the lock of a state in S3 says anything.
    fleet: { ...fleetOf(smallFile), state: { backend: "s3" } as FleetWork["fleet"]["state"] },
    ...{ stacks: [one, other], selected: [one, other], synthesized: terraform.outdir, plans, session },
    store: { ...store, lock: async ({ stack }) => (stack === one.name ? held : undefined) },
    ...{ outdir: terraform.outdir, parallelism: 1, interrupts: { stop, hurry: stop } },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
    close: () => store.close(),
  };
  try {
    const deploying = await planWork(work);
    expect([...deploying.plan.failed.keys()]).toEqual([one.name]);
    const { picture, plan } = await planWork({ ...work, as: { role: "meridian-plan", swap: (arn) => arn } });
    expect([...plan.planned.keys()]).toEqual([one.name, other.name]);
    const noted = picture.groups.filter(({ notes }) => notes.length > 0);
    expect(noted.map(({ stacks: those }) => those)).toEqual([[one.name]]);
    expect(noted[0]?.notes[0]).toMatch(/^its state is locked, .* ann@build since 2026/);
  } finally {
    work.close();
    terraform.remove();
  }
});
