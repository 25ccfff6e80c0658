import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { type PlanFleetOptions, planFleet } from "../../../operations/plan/plan-fleet";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import { type DeployContext, stackActions } from "../../../operations/rollout/stack-actions";
import type { FleetStore, StackState } from "../../../operations/store/model";
import { openStore } from "../../../operations/store/store";
import { quietCaller } from "../../support/caller";
import { type FakeTerraform, fakeTerraform } from "../../support/fake-terraform";
import { fleetOf, smallFile } from "../../support/fleet";

const fleet = fleetOf(smallFile);
const [stack] = fleetStacks(fleet) as [FleetStack];
const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("local")) };
const before = { ...process.env };
let terraform: FakeTerraform;
let store: FleetStore;
let planning: PlanFleetOptions;
let reviewedFile: string;

beforeEach(() => {
  terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  store = openStore(fleet, session);
  const plans = join(terraform.folder, "plans");
  mkdirSync(plans);
  reviewedFile = join(terraform.folder, "reviewed.tfplan");
  planning = {
    ...{ stacks: [stack], outdir: terraform.outdir, plans, store },
    ...{ parallelism: 1, all: false, onPlan: () => {}, onProgress: () => {} },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
  };
});
afterEach(() => {
  store.close();
  terraform.remove();
  process.env = { ...before };
});

const thing = (actions: readonly string[], after: object | null, more: object = {}) => ({
  ...{ address: "aws_iam_role.a", mode: "managed", type: "aws_iam_role", name: "a" },
  change: { actions, before: null, after, ...more },
});
const size = (value: number) => ({ resource_changes: [thing(["create"], { size: value })] });

/** A plan of the stack that another role has made, and that lies elsewhere, with its JSON. */
async function reviewed(plan: object, more: Partial<PlannedStack> = {}): Promise<PlannedStack> {
  terraform.synthesize(stack.name, "f1");
  terraform.answer(stack.name, { plan });
  const planned = (await planFleet({ ...planning, keepsJson: true })).planned.get(stack.name);
  if (!planned?.file) throw new Error("there is something to do");
  for (const part of ["", ".json"]) renameSync(`${planned.file}${part}`, `${reviewedFile}${part}`);
  return { ...planned, file: reviewedFile, asRole: "meridian-plan", ...more };
}

async function apply(
  planned: PlannedStack,
  plan: object | null,
  begun = false,
  more: Partial<DeployContext> = {},
): Promise<readonly string[]> {
  terraform.answer(stack.name, { plan });
  const asked = terraform.calls().length;
  const actions = stackActions({
    ...{ fleet, planning, store, session, onCount: () => {}, unprotect: async () => {}, onProblem: () => {} },
    plan: { planned: new Map([[stack.name, planned]]), unchanged: [], failed: new Map() },
    about: { by: "ann@build", run: "1" },
    hasBegun: ({ name }) => begun && name === stack.name,
    ...more,
  });
  await actions.apply(stack);
  return terraform.calls().slice(asked);
}

const ran = (...commands: readonly string[]) => commands.map((command) => `${stack.name} ${command}`);

test("what another role has planned is planned again, and applied where it is what was reviewed", async () => {
  const planned = await reviewed(size(1));
  const calls = await apply(planned, size(1));
  expect(calls).toEqual(ran("init", "plan", "show", "apply"));
});

test("its JSON is there for its owner alone, and goes with it once it is spent", async () => {
  const planned = await reviewed(size(1));
  const left = () => readdirSync(terraform.folder).filter((name) => name.startsWith("reviewed."));
  expect(left()).toEqual(["reviewed.tfplan", "reviewed.tfplan.json"]);
  expect(statSync(`${reviewedFile}.json`).mode & 0o777).toBe(0o600);
  await apply(planned, size(1));
  expect(left()).toEqual([]);
});

test("nothing is applied where a value is another one by now, and the message says which", async () => {
  const planned = await reviewed(size(1));
  await expect(apply(planned, size(2))).rejects.toThrow(
    /otherwise than reviewed.*nothing of it was applied:\naws_iam_role\.a: size is not what was reviewed$/,
  );
  expect(terraform.calls()).not.toContain(`${stack.name} apply`);
  expect(existsSync(reviewedFile)).toBe(true);
});

test("a message names some, and counts the others", async () => {
  const many = (value: number) => ({
    resource_changes: Array.from({ length: 12 }, (_, index) => ({
      ...thing(["create"], { size: value }),
      address: `aws_iam_role.a[${index}]`,
    })),
  });
  const planned = await reviewed(many(1));
  await expect(apply(planned, many(2))).rejects.toThrow(/a\[9\]: size[^\n]*\nand 2 more$/);
});

test("where nothing is left to do, nothing is applied", async () => {
  const onBegin = jest.fn();
  const planned = await reviewed(size(1));
  expect(await apply(planned, null, false, { onBegin })).not.toContain(`${stack.name} apply`);
  // For another attempt to know that it is there, and to ask it for an answer.
  expect(onBegin).toHaveBeenCalledWith(stack);
});

const anew = { resource_changes: [thing(["delete", "create"], { size: 1 }, { before: { size: 1 } })] };

test("what an earlier attempt has left half-made is made anew, and only then", async () => {
  await expect(apply(await reviewed(size(1)), anew)).rejects.toThrow("delete and create, and not create");
  expect((await apply(await reviewed(size(1)), anew, true)).slice(-1)).toEqual(ran("apply"));
});

test("so is what could only be foreseen when it was reviewed", async () => {
  const foreseen = { file: undefined };
  await expect(apply(await reviewed(size(1), foreseen), anew)).rejects.toThrow(
    "delete-create, and not create",
  );
  expect((await apply(await reviewed(size(1), foreseen), anew, true)).slice(-1)).toEqual(ran("apply"));
});

const queue = (actions: readonly string[], more: object = {}) => ({
  ...{ address: "aws_sqs_queue.mail", mode: "managed", type: "aws_sqs_queue", name: "mail" },
  change: { actions, before: { name: "mail" }, after: null, ...more },
});
const losing = { resource_changes: [queue(["delete"])] };

test("a plan of which other things are said than it does is not applied: what may be lost is read off what is said", async () => {
  for (const said of [{ loses: [] }, { actions: new Map([["aws_sqs_queue.mail", "update"]]) }])
    await expect(apply(await reviewed(losing, said), losing)).rejects.toThrow(
      "what is said of its plan is not what the plan does",
    );
  expect(terraform.calls()).not.toContain(`${stack.name} apply`);
  expect((await apply(await reviewed(losing), losing)).slice(-1)).toEqual(ran("apply"));
});

test("data that an earlier attempt has half made is not destroyed: nobody saw it go", async () => {
  const made = { resource_changes: [queue(["create"], { before: null, after: { name: "mail" } })] };
  const again = {
    resource_changes: [queue(["delete", "create"], { after: { name: "mail" } })],
  };
  const unprotect = jest.fn();
  await expect(apply(await reviewed(made), again, true, { unprotect })).rejects.toThrow(
    "mail would be destroyed with what is in it, which was not reviewed",
  );
  expect(unprotect).not.toHaveBeenCalled();
  expect(terraform.calls()).not.toContain(`${stack.name} apply`);
});

test("a table that an earlier attempt was killed over is gone on with, where it is", async () => {
  const table = { mode: "managed", type: "aws_dynamodb_table", name: "orders", provider: "p" } as const;
  const orders = (actions: readonly string[], before: object | null) => ({
    resource_changes: [
      {
        ...{ ...table, address: "aws_dynamodb_table.orders", action_reason: "replace_because_tainted" },
        change: { actions, before, after: { name: "orders" } },
      },
    ],
  });
  const planned = await reviewed(orders(["create"], null));
  const state: StackState = {
    ...{ serial: 1, lineage: "l", outputs: {} },
    resources: [{ ...table, instances: [{ status: "tainted" }] }],
  };
  const calls = jest.fn();
  await expect(
    apply(planned, orders(["delete", "create"], { name: "orders" }), true, {
      store: { ...store, state: async () => state },
      unprotect: calls,
    }),
  ).rejects.toThrow("orders would be destroyed");
  // As this Terraform knows no states, it says the same again.
  const asked = terraform.calls().filter((call) => /(untaint|plan)$/.test(call));
  expect(asked.slice(-2)).toEqual(ran("untaint", "plan"));
  expect(calls).not.toHaveBeenCalled();
});
