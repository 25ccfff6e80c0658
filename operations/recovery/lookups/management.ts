import { BudgetsClient, DescribeBudgetCommand, ListTagsForResourceCommand } from "@aws-sdk/client-budgets";
import {
  CloudFormationClient,
  DescribeStackSetCommand,
  ListStackInstancesCommand,
} from "@aws-sdk/client-cloudformation";
import { globalRegion } from "../../../fleet/geography/regions";
import { allPages, unlessMissing } from "../../aws/answers";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf } from "./model";

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

type Tags = Readonly<Record<string, string>>;

/** The tags of a stack set; undefined where there is none. */
function stackSetTags(StackSetName: string, region: string, asker: Asker): Promise<Tags | undefined> {
  return asker.once(`stack set ${region} ${StackSetName}`, async () => {
    const client = asker.client(CloudFormationClient, region);
    const answer = asker.call(`asking CloudFormation in ${region}`, (limit) =>
      client.send(new DescribeStackSetCommand({ StackSetName }), limit),
    );
    const found = await unlessMissing(answer, "StackSetNotFoundException");
    return found && tagsOf(found.StackSet?.Tags);
  });
}

async function findStackSet({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const tags = await stackSetTags(name, region, asker);
  return tags ? [{ id: name, what: `the stack set ${name} in ${region}`, tags }] : [];
}

/** What a stack set puts into the accounts of a unit: a part of it. One for a unit without accounts is made again. */
async function findInstance({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const StackSetName = textOf(values, "stack_set_name") ?? "";
  const place = textOf(values, "region") ?? "";
  const units = unitsOf(values.deployment_targets);
  const tags = await stackSetTags(StackSetName, region, asker);
  if (tags === undefined || units.length === 0) return [];
  const client = asker.client(CloudFormationClient, region);
  const instances = await asker.once(`instances ${StackSetName} ${place}`, () =>
    allPages(async (NextToken) => {
      const command = new ListStackInstancesCommand({ StackSetName, StackInstanceRegion: place, NextToken });
      const answer = await asker.call(`asking CloudFormation in ${region}`, (limit) =>
        client.send(command, limit),
      );
      return { items: answer.Summaries, next: answer.NextToken };
    }),
  );
  const filled = new Set(instances.map(({ OrganizationalUnitId }) => OrganizationalUnitId));
  if (!units.every((unit) => filled.has(unit))) return [];
  const id = [StackSetName, units.join("/"), place].join(",");
  return [{ id, what: `what the stack set ${StackSetName} has in ${units.join(", ")}`, tags }];
}

/** The units that an instance is for, which Terraform keeps in a block; none while they are not known. */
function unitsOf(targets: unknown): readonly string[] {
  const [target]: readonly { readonly organizational_unit_ids?: unknown }[] = Array.isArray(targets)
    ? targets
    : [];
  const ids = target?.organizational_unit_ids;
  return Array.isArray(ids) && ids.every((id) => typeof id === "string") ? ids : [];
}

/** What Budgets and CloudFormation refuse to make twice, and instances of stack sets, which would be deployed once more. */
export const managementLookups = {
  aws_budgets_budget: { identity: ["name"], isGlobal: true, find: findBudget },
  aws_cloudformation_stack_set: { identity: ["name"], find: findStackSet },
  aws_cloudformation_stack_set_instance: {
    identity: ["stack_set_name", "region"],
    isUnique: false,
    find: findInstance,
  },
} as const satisfies Readonly<Record<string, Lookup>>;
