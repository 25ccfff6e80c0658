import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FleetWork } from "../../../cli/shared/fleet-work";
import { openRemoval, requireLosses } from "../../../cli/shared/removal";
import { fleetStacks } from "../../../fleet/stacks";
import { swapRole } from "../../../operations/plan/as-role";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import { readStackText, stackFolder } from "../../../operations/plan/stack-json";
import { type OrphanStack, readOrphans } from "../../../operations/removal/orphan-stacks";
import { fleetOf, smallFile } from "../../support/fleet";

jest.mock("../../../operations/plan/orphans", () => ({ findOrphans: async () => ({ orphans: [] }) }));
jest.mock("../../../operations/removal/orphan-stacks", () => ({ readOrphans: jest.fn() }));

const table = (stack: string) => ({
  ...{ stack, address: "aws_dynamodb_table.drafts", type: "aws_dynamodb_table", name: "acme_tea_drafts" },
  ...{ isReplaced: false, isTainted: false },
});
const stays = table("tea_data");
const goes = table("tea_data_tea_eu-west-3");
const plan = { planned: new Map([["tea_data", { loses: [stays] } as unknown as PlannedStack]]) };
const orphans = [{ stack: { name: goes.stack }, data: [goes], kept: [] }] as unknown as OrphanStack[];

test("one name of two tables, of a stack that stays and of an orphan, names neither", () => {
  const fix = (deleteData: readonly string[]) => {
    try {
      requireLosses(plan, orphans, { deleteData });
    } catch (error) {
      return (error as { readonly fix: string }).fix;
    }
    return undefined;
  };
  expect(fix(["acme_tea_drafts"])).toContain("--delete-data tea_data:acme_tea_drafts");
  expect(fix(["acme_tea_drafts", "tea_data:acme_tea_drafts"])).toContain(
    "--delete-data tea_data_tea_eu-west-3:acme_tea_drafts",
  );
  expect(fix(["tea_data:acme_tea_drafts", "tea_data_tea_eu-west-3:acme_tea_drafts"])).toBeUndefined();
});

test("what is planned as another role destroys orphans as that role, too", async () => {
  const fleet = fleetOf(smallFile);
  const [first] = fleetStacks(fleet);
  if (!first) throw new Error("there is one");
  const stack = { ...first, name: "gone" };
  const json = (role: string) => ({
    terraform: { backend: { s3: { assume_role: { role_arn: `arn:aws:iam::333333333333:role/${role}` } } } },
  });
  jest.mocked(readOrphans).mockImplementation(async (_orphans, _known, _store, { folder }) => {
    mkdirSync(stackFolder(folder, stack.name), { recursive: true });
    writeFileSync(
      join(stackFolder(folder, stack.name), "cdk.tf.json"),
      JSON.stringify(json("meridian-deploy")),
    );
    return { usable: [{ stack }] as unknown as OrphanStack[], unusable: [] };
  });
  const place = mkdtempSync(join(tmpdir(), "meridian-removal-"));
  const as = { role: "meridian-plan", swap: swapRole("meridian-plan", fleet.state) };
  const work = { fleet, as, stacks: [], synthesized: join(place, "cdktf.out"), close: () => {} };
  try {
    const { removal, work: opened } = await openRemoval(work as unknown as FleetWork, {});
    expect(JSON.parse(await readStackText(removal.outdir, stack.name))).toEqual(json("meridian-plan"));
    opened.close();
  } finally {
    rmSync(place, { recursive: true });
  }
});
