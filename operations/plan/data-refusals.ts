import type { FleetStack } from "../../fleet/stacks";
import type { Risk } from "./picture-schema";
import { type RiskDraft, riskOf } from "./risk";
import { added, type Difference, takenAway } from "./table-changes";
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
  const drafts = stack.kind === "data" ? mixedRisks(stack, plan, aliases) : [];
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
