import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { planReport } from "../../../cli/output/plan-report";
import { planWork } from "../../../cli/shared/fleet-plan";
import type { FleetWork } from "../../../cli/shared/fleet-work";
import type { Fleet } from "../../../fleet/model";
import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import type { FleetStore, StateResource } from "../../../operations/store/model";
import { openStore } from "../../../operations/store/store";
import { quietCaller } from "../../support/caller";
import { type FakeTerraform, fakeTerraform } from "../../support/fake-terraform";
import { fleetOf, smallFile } from "../../support/fleet";
import { oneTableFleet } from "../../support/tables";

const before = { ...process.env };
let terraform: FakeTerraform;
let said: jest.SpyInstance;
let work: FleetWork | undefined;

beforeEach(() => {
  work = undefined;
  said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
});
afterEach(() => {
  work?.close();
  terraform.remove();
  process.env = { ...before };
  jest.restoreAllMocks();
});

/** Work on some stacks of a fleet, all of which are synthesized. */
function workOn(
  fleet: Fleet,
  stacks: readonly FleetStack[],
  more: (store: FleetStore) => Partial<FleetWork> = () => ({}),
) {
  const plans = join(terraform.folder, "plans");
  mkdirSync(plans);
  for (const { name } of stacks) terraform.synthesize(name, "f1");
  const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("local")) };
  const store = openStore(fleet, session);
  const stop = new AbortController().signal;
  work = {
    ...{ fleet, stacks, selected: stacks, plans, store, session, parallelism: 2 },
    ...{ outdir: terraform.outdir, synthesized: terraform.outdir },
    interrupts: { stop, hurry: stop },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
    close: () => store.close(),
    ...more(store),
  };
  return work;
}

const textSaid = () => said.mock.calls.map(([line]) => String(line)).join("");

/** A fleet in an organization. */
const organized = (more: object = {}) =>
  fleetOf({
    ...smallFile,
    organization: { management: "main", units: ["tenants"], ...more },
    accounts: { main: { id: "111111111111" }, globex: { ...smallFile.accounts.globex, unit: "tenants" } },
  });

/** A plan that does one thing. */
function planOf(type: string, action: string, before: object | null = null) {
  const address = `${type}.${action}`;
  const change = { actions: [action], before, after: null };
  return { plan: { resource_changes: [{ address, mode: "managed", type, name: action, change }] } };
}

test("with its home region down, a cell's data is reported with the reason, and all else is planned, with what that loses", async () => {
  const mail = {
    ...{ name: "mail", adds: [], deploy: [] },
    resourceTypes: { aws_pipes_pipe: { holdsData: true, what: "mail" } },
  };
  const fleet = { ...oneTableFleet(), extensions: [mail] };
  const stacks = fleetStacks(fleet);
  const [data, target] = ["globex_data", "globex_globex_eu-west-1"];
  terraform.answer(data, { fails: { plan: "eu-central-1 does not answer" } });
  terraform.answer(target, planOf("aws_pipes_pipe", "delete", { name: "mail" }));
  const { picture, plan } = await planWork(workOn(fleet, stacks));
  expect([...plan.planned.keys()]).toEqual(stacks.map(({ name }) => name).filter((name) => name !== data));
  expect(plan.planned.get(target)?.loses).toMatchObject([{ name: "mail" }]);
  expect(picture.failed).toEqual([{ stack: data, why: "eu-central-1 does not answer" }]);
  expect(picture.risks).toMatchObject([{ code: "tables-not-planned" }]);
  expect(planReport(picture)).toMatch(/globex_data[\s\S]*eu-central-1 does not answer/);
});

test("an orphan in a region that the guardrail closes is named while it can still be destroyed", async () => {
  const fleet = organized({ regionGuardrail: true });
  const account = fleet.cells[0]?.targets[0]?.account;
  if (!account) throw new Error("the cell has no target");
  const regions = ["eu-north-1", "eu-west-1"];
  const functionIn = (region: string): StateResource => ({
    ...{ mode: "managed", type: "aws_lambda_function", name: "hello", provider: "aws" },
    instances: [{ attributes: { arn: `arn:aws:lambda:${region}:333333333333:function:hello` } }],
  });
  const orphans: Partial<FleetStore> = {
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
  terraform.answer("organization", { plan: { resource_changes: [] } });
  const stacks = fleetStacks(fleet).filter(({ name }) => name === "organization");
  await planWork(workOn(fleet, stacks, (store) => ({ store: { ...store, ...orphans } })));
  expect(textSaid()).toContain("Planning 1 stack, up to");
  expect(textSaid()).toContain(
    "note: old_globex_eu-north-1: once organization is deployed, the guardrail closes",
  );
});

test("what a run takes away is named where what decides about deploys cannot wait for that", async () => {
  const fleet = organized();
  const stacks = fleetStacks(fleet).filter(({ kind }) => kind === "organization" || kind === "target");
  const [adds, loses] = stacks.filter(({ kind }) => kind === "target").map(({ name }) => name);
  if (!adds || !loses) throw new Error("the cell has no two targets");
  terraform.answer("organization", { plan: { resource_changes: [] } });
  terraform.answer(adds, planOf("aws_sqs_queue", "create"));
  terraform.answer(loses, planOf("aws_sqs_queue", "delete"));
  await planWork(workOn(fleet, stacks));
  expect(textSaid()).toContain("note: organization is deployed first");
  expect(textSaid()).toContain(`what goes in ${loses};`);
});

test("a lock holds up no plan of another role, which takes none and is made again: it is noted", async () => {
  // Only the lock of a state in S3 says anything.
  const fleet = { ...fleetOf(smallFile), state: { backend: "s3" } as Fleet["state"] };
  const [one, other] = fleetStacks(fleet) as [FleetStack, FleetStack];
  const held = { id: "1", operation: "OperationTypeApply", who: "ann@build", created: "2026", version: "1" };
  const work = workOn(fleetOf(smallFile), [one, other], (store) => ({
    fleet,
    store: { ...store, lock: async ({ stack }) => (stack === one.name ? held : undefined) },
  }));
  const deploying = await planWork(work);
  expect([...deploying.plan.failed.keys()]).toEqual([one.name]);
  const { picture, plan } = await planWork({ ...work, as: { role: "meridian-plan", swap: (arn) => arn } });
  expect([...plan.planned.keys()]).toEqual([one.name, other.name]);
  const noted = picture.groups.filter(({ notes }) => notes.length > 0);
  expect(noted.map(({ stacks: those }) => those)).toEqual([[one.name]]);
  expect(noted[0]?.notes[0]).toMatch(/^its state is locked, .* ann@build since 2026/);
});
