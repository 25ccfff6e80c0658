import { isDeepStrictEqual } from "node:util";
import { type LostData, lostData } from "../plan/data-things";
import { keptPlan } from "../plan/plan-files";
import type { PlanFleetOptions } from "../plan/plan-fleet";
import { type PlannedStack, planNow } from "../plan/plan-stack";
import { actionsOf, differences } from "../plan/prediction";
import { dataTypesOf } from "../plan/resource-types";
import { type ReviewOptions, unlikeReviewed } from "../plan/reviewed";
import type { TerraformPlan } from "../plan/terraform-plan";

/** A plan that is what was reviewed, and can be applied. */
export type PlannedAgain = Pick<PlannedStack, "file" | "loses">;

/** Things that a message names. */
const mostNamed = 10;

/**
 * Plans a stack when its turn has come: because only now all that it reads is there, or because the plan that was reviewed
 * was made as a role that may not apply it. What comes out has to be what was reviewed.
 *
 * @returns undefined where nothing is to be done any more
 * @throws it comes out otherwise
 */
export async function planAgain(
  planning: PlanFleetOptions,
  reviewed: PlannedStack,
  options: ReviewOptions,
): Promise<PlannedAgain | undefined> {
  const { actions, file, stack } = reviewed;
  let plan: TerraformPlan | undefined;
  const now = await planNow(planning, stack, (made) => {
    plan = made;
  });
  if (now === "unchanged") return undefined;
  const before = file === undefined ? undefined : await keptPlan(file);
  if (before) requireAsSaid(planning, reviewed, before);
  const other =
    before && plan ? unlikeReviewed(before, plan, options) : differences(actions, now.actions, options);
  if (other.length === 0) return now;
  const named = other.slice(0, mostNamed);
  const rest = other.length - named.length;
  const why =
    before === undefined ? "now that what it reads is there" : "planned again as the role that deploys it";
  throw new Error(
    [
      `it comes out otherwise than reviewed, ${why}; nothing of it was applied:`,
      ...named,
      ...(rest > 0 ? [`and ${rest} more`] : []),
    ].join("\n"),
  );
}

/**
 * What is beside a plan for all of a fleet, its actions and the data that it destroys, was written by whoever planned; what
 * may be taken back, and what may be lost, is read off it.
 *
 * @throws the plan does other things than are said of it
 */
function requireAsSaid(
  { dataTypes = dataTypesOf([]) }: PlanFleetOptions,
  { actions, destroys, loses, stack: { kind, name } }: PlannedStack,
  plan: TerraformPlan,
): void {
  const own = actionsOf(plan);
  // Of what is taken away as a whole the data is named with the orphan, and not with its plan.
  const lost = destroys ? [] : lostData(name, kind, plan, dataTypes);
  const addresses = (things: readonly LostData[]) => things.map(({ address }) => address).sort();
  const isSame =
    differences(actions, own).length + differences(own, actions).length === 0 &&
    isDeepStrictEqual(addresses(loses), addresses(lost));
  if (isSame) return;
  throw new Error(
    "what is said of its plan is not what the plan does; nothing of it was applied: plan again",
  );
}

/** Data that would go with a plan, and that nobody saw go when it was reviewed. */
export function lostUnseen(reviewed: PlannedStack, { loses }: PlannedAgain): readonly LostData[] {
  // What could only be foreseen has no instances yet.
  const blockOf = ({ address }: LostData) => address.replace(/\[.*$/s, "");
  const seen = new Set(reviewed.loses.map(blockOf));
  return loses.filter((thing) => !seen.has(blockOf(thing)));
}
