import { requireLosses } from "../../../cli/shared/removal";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import type { OrphanStack } from "../../../operations/removal/orphan-stacks";

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
