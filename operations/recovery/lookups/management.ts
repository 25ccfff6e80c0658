import { BudgetsClient, DescribeBudgetCommand, ListTagsForResourceCommand } from "@aws-sdk/client-budgets";
import { CloudFormationClient, DescribeStackSetCommand } from "@aws-sdk/client-cloudformation";
import { globalRegion } from "../../../fleet/geography/regions";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf, unlessMissing } from "./model";

async function findBudget({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const BudgetName = textOf(values, "name") ?? "";
  const { account } = asker;
  const client = asker.client(BudgetsClient, globalRegion);
  const answer = asker.call("asking Budgets", (limit) =>
    client.send(new DescribeBudgetCommand({ AccountId: account, BudgetName }), limit),
  );
  if ((await unlessMissing(answer, "NotFoundException")) === undefined) return [];
  const ResourceARN = `arn:aws:budgets::${account}:budget/${BudgetName}`;
  const { ResourceTags } = await asker.call("asking Budgets", (limit) =>
    client.send(new ListTagsForResourceCommand({ ResourceARN }), limit),
  );
  const tags = tagsOf(ResourceTags);
  return [{ id: `${account}:${BudgetName}`, what: `the budget ${BudgetName}`, tags }];
}

async function findStackSet({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const StackSetName = textOf(values, "name") ?? "";
  const client = asker.client(CloudFormationClient, region);
  const answer = asker.call(`asking CloudFormation in ${region}`, (limit) =>
    client.send(new DescribeStackSetCommand({ StackSetName }), limit),
  );
  const found = await unlessMissing(answer, "StackSetNotFoundException");
  const what = `the stack set ${StackSetName} in ${region}`;
  return found ? [{ id: StackSetName, what, tags: tagsOf(found.StackSet?.Tags) }] : [];
}

/** What Budgets and CloudFormation refuse to make twice. */
export const managementLookups = {
  aws_budgets_budget: { identity: ["name"], isGlobal: true, find: findBudget },
  aws_cloudformation_stack_set: { identity: ["name"], find: findStackSet },
} as const satisfies Readonly<Record<string, Lookup>>;
