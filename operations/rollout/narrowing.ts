import type { FleetStack, StackKind } from "../../fleet/stacks";
import type { PlannedStack } from "../plan/plan-stack";
import { treatmentOf } from "../recovery/kinds";

/**
 * Stacks that decide what a deploy may do. A change of them can take from it what the rest of the run still needs: the
 * guardrail closes a region in which something is still to be destroyed (a service control policy binds the deploy roles,
 * too: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html), and deploy roles lose what
 * tables and extensions took.
 */
const deciding: ReadonlySet<StackKind> = new Set(["organization", "bootstrap"]);

/** What a run is about. */
export interface RunPlans {
  /** Stacks of the fleet file. */
  readonly planned: Iterable<PlannedStack>;
  /** Orphans that are taken away. */
  readonly removed: readonly FleetStack[];
}

/**
 * Names of the stacks that are deployed at the end of a run, because all that it does besides is to take away. Where it
 * adds something as well, they go first, as always: what is new may need what they open.
 */
export function decidedLast({ planned, removed }: RunPlans): ReadonlySet<string> {
  const all = [...planned];
  const cells = all.filter(({ stack }) => stack.cell !== undefined);
  const last = all.flatMap(({ stack }) => (deciding.has(stack.kind) ? [stack.name] : []));
  const takesAway = removed.length > 0 || cells.some(losesSomething);
  const isNeeded = all.some(
    ({ stack }) => !deciding.has(stack.kind) && stack.after.some((name) => last.includes(name)),
  );
  return new Set(takesAway && !isNeeded && !cells.some(addsSomething) ? last : []);
}

function losesSomething(stack: PlannedStack): boolean {
  return stack.withdraws !== undefined || changesGranted(stack, "delete");
}

function addsSomething(stack: PlannedStack): boolean {
  return stack.isNew || changesGranted(stack, "create");
}

/** Whether something is made, or destroyed, that deploy roles may touch only where a fleet has tables, or such extensions. */
function changesGranted({ actions }: PlannedStack, action: "create" | "delete"): boolean {
  return [...actions].some(([address, words]) => {
    const type = address.split(".")[0] ?? "";
    const isGranted = type === "aws_dynamodb_table" || treatmentOf(type) === "unknown";
    return isGranted && words.split(/\W+/).includes(action);
  });
}
