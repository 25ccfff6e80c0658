import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import type { Risk } from "./picture-schema";
import { regionOfArn } from "./places";
import { type RiskDraft, riskOf } from "./risk";
import { added, type Difference, isUpdate, tableType, takenAway } from "./table-changes";
import type { TerraformPlan } from "./terraform-plan";
import { subjectOf } from "./wording";

/**
 * Risks for which no deploy goes on with the data of a stack.
 *
 * @param aliases of its targets
 */
export function dataRefusals(
  stack: FleetStack,
  plan: TerraformPlan,
  aliases: readonly string[],
): readonly Risk[] {
  const drafts = [
    ...(stack.kind === "data" ? mixedRisks(stack, plan, aliases) : []),
    ...expiryByHand(stack, plan, aliases),
  ];
  return drafts.map((draft) => ({ ...riskOf(draft, (text) => text), stacks: [stack.name] }));
}

/** What is added has to be there before the functions of the cell, and what is taken away to stay until after them. */
function mixedRisks(
  { name }: FleetStack,
  plan: TerraformPlan,
  aliases: readonly string[],
): readonly RiskDraft[] {
  // What an earlier replacement could not delete has had its successor since then.
  const taken = takenAway(plan).filter(({ resource }) => resource.deposed === undefined);
  const more = added(plan);
  if (taken.length === 0 || more.length === 0) return [];
  const words = (all: readonly Difference[]) => named(all.map((each) => wordsFor(each, aliases)));
  const message = `"${name}" would add ${words(more)}, and take away ${words(taken)}`;
  return [{ code: "adds-and-takes-away", subject: name, message: () => message }];
}

function wordsFor({ block, resource }: Difference, aliases: readonly string[]): string {
  const subject = subjectOf(resource.address, aliases);
  if (!block) return subject;
  return block.kind === "replica"
    ? `the replica of ${subject} in ${block.name}`
    : `the index ${block.name} of ${subject}`;
}

/** Names that a message has room for. */
const mostNames = 3;

function named(words: readonly string[]): string {
  const more = words.length - mostNames;
  return more > 0 ? `${words.slice(0, mostNames).join(", ")} and ${more} more` : words.join(" and ");
}

/**
 * Changes of a time to live that AWS refuses at the apply. To turn it off, it wants to hear the attribute, of which
 * hashicorp/aws 5.100.0 says "" (https://github.com/hashicorp/terraform-provider-aws/issues/44730); another attribute is only
 * taken an hour after it was turned off (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html).
 */
function expiryByHand(
  { name: stack }: FleetStack,
  { resource_changes = [] }: TerraformPlan,
  aliases: readonly string[],
): readonly RiskDraft[] {
  return resource_changes
    .filter((resource) => resource.type === tableType && isUpdate(resource))
    .flatMap(({ address, change: { after, before } }) => {
      const was = ttlOf(before);
      const is = ttlOf(after);
      if (was?.enabled !== true || is === undefined || is.attribute_name === was.attribute_name) return [];
      const { arn, name } = before as Values;
      const region = regionOfArn(arn) ?? "<region>";
      const now = is.enabled === true ? `by ${is.attribute_name} instead` : "no more";
      const then = is.enabled === true ? ", and wait up to an hour" : "";
      const message = `items of ${subjectOf(address, aliases)} of "${stack}" would expire ${now}, and AWS refuses that: first run \`aws dynamodb update-time-to-live --region ${region} --table-name ${name} --time-to-live-specification Enabled=false,AttributeName=${was.attribute_name}\`${then}`;
      return [{ code: "ttl-by-hand", subject: stack, message: () => message }];
    });
}

type Values = Readonly<Record<string, unknown>>;

/** The time to live of a table; undefined where it is not known. */
function ttlOf(values: unknown): Values | undefined {
  const ttl = isMap(values) ? values.ttl : undefined;
  if (!Array.isArray(ttl)) return undefined;
  return isMap(ttl[0]) ? ttl[0] : {};
}
