import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import { type RemovalContext, removalActions } from "../../../operations/removal/destroy";
import { type FakeTerraform, fakeTerraform } from "../../support/fake-terraform";
import { fleetOf, smallFile } from "../../support/fleet";

const [{ account }] = fleetStacks(fleetOf(smallFile)) as [FleetStack];
const stack: FleetStack = {
  ...{ name: "globex_data", kind: "data", account, regions: ["eu-central-1"], cell: "globex", after: [] },
};
const orders = {
  ...{ stack: stack.name, address: "aws_dynamodb_table.orders", type: "aws_dynamodb_table" },
  name: "acme_globex_orders",
};
let terraform: FakeTerraform;

beforeEach(() => {
  terraform = fakeTerraform();
  terraform.synthesize(stack.name, "f1", { resource: { aws_dynamodb_table: { orders: {} } } });
  mkdirSync(join(terraform.folder, "plans"));
});
afterEach(() => terraform.remove());

/** What is done with an orphan that has a table, whose plan is there, made as the deploy role or another. */
function actions(
  more: Partial<RemovalContext>,
  reviewed: object = { resource_changes: [] },
  asRole?: string,
) {
  const file = join(terraform.folder, "reviewed.tfplan");
  for (const path of [file, `${file}.json`])
    writeFileSync(path, JSON.stringify({ format_version: "1.2", ...reviewed }));
  const said = new Map(asRole ? [[orders.address, "delete"]] : []);
  const plan = {
    ...{ stack, file, asRole, actions: said },
    destroys: true,
    loses: [],
  } as unknown as PlannedStack;
  const planned = new Map([[stack.name, plan]]);
  return removalActions({
    ...{ orphans: [{ stack, data: [orders], hosts: [], kept: [] }], fronts: [], onCount: () => {} },
    ...{ plan: { planned, unchanged: [], failed: new Map() }, mayUse: () => undefined },
    planning: {
      ...{ outdir: terraform.outdir, plans: join(terraform.folder, "plans") },
      terraform: (_: FleetStack, folder: string) => ({ folder, env: terraform.env }),
    },
    ...more,
  } as unknown as RemovalContext);
}

test("an orphan's tables are unprotected right before they are destroyed", async () => {
  const story: string[] = [];
  const unprotect: RemovalContext["unprotect"] = async (_, things) => {
    story.push(`${things.map(({ name }) => name).join()} after ${terraform.calls().at(-1)}`);
  };
  await actions({ unprotect }).destroy(stack);
  expect(story).toEqual([`acme_globex_orders after ${stack.name} init`]);
  expect(terraform.calls().at(-1)).toBe(`${stack.name} apply`);
});

test("they stay where their protection does", async () => {
  const unprotect = () => Promise.reject(new Error("AWS said no"));
  await expect(actions({ unprotect }).destroy(stack)).rejects.toThrow("AWS said no");
  expect(terraform.calls()).not.toContain(`${stack.name} apply`);
});

test("they are still in use where functions may ask for them", async () => {
  expect(await actions({}).isUsed(stack)).toBeUndefined();
  expect(await actions({ mayUse: () => "globex_front is not deployed" }).isUsed(stack)).toBe(
    "globex_front is not deployed",
  );
});

test("what another role has planned to destroy is planned again, and destroyed only if it is that", async () => {
  const unprotect = async () => {};
  const destroying = (id: string) => ({
    resource_changes: [
      {
        ...{ address: orders.address, mode: "managed", type: orders.type, name: "orders" },
        change: { actions: ["delete"], before: { id }, after: null },
      },
    ],
  });
  const destroy = () => actions({ unprotect }, destroying("one"), "meridian-plan").destroy(stack);
  terraform.answer(stack.name, { plan: destroying("another") });
  await expect(destroy()).rejects.toThrow("its id is not the same");
  expect(terraform.calls()).not.toContain(`${stack.name} apply`);
  terraform.answer(stack.name, { plan: destroying("one") });
  await destroy();
  expect(terraform.calls().slice(-3)).toEqual(
    ["plan", "show", "apply"].map((each) => `${stack.name} ${each}`),
  );
});
