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

/** What is done with an orphan that has a table, whose plan is there. */
function actions(more: Partial<RemovalContext>) {
  const file = join(terraform.folder, "plans", `${stack.name}.tfplan`);
  writeFileSync(file, JSON.stringify({ resource_changes: [] }));
  const planned = new Map([[stack.name, { stack, file, actions: new Map() } as unknown as PlannedStack]]);
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
