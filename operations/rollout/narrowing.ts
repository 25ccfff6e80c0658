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
export function decidedLast(run: RunPlans): ReadonlySet<string> {
  const all = [...run.planned];
  const last = decidingIn(all);
  const isNeeded = all.some(
    ({ stack }) => !deciding.has(stack.kind) && stack.after.some((name) => last.includes(name)),
  );
  const adds = all.some((planned) => planned.stack.cell !== undefined && addsSomething(planned));
  return new Set(takingAway(all, run.removed).length > 0 && !isNeeded && !adds ? last : []);
}

/** A run that takes something away after it was decided, perhaps, that it may not. */
export interface EarlyDecision {
  /** Names of the stacks that decide. */
  readonly deciding: readonly string[];
  /** Names of the stacks that lose something, or are taken away. */
  readonly taking: readonly string[];
}

/** What a run takes away although {@link decidedLast} leaves what decides about that at its beginning. */
export function decidedEarly({ planned, removed }: RunPlans): EarlyDecision | undefined {
  const all = [...planned];
  const [names, taking] = [decidingIn(all), takingAway(all, removed)];
  const isEarly = names.length > 0 && taking.length > 0 && decidedLast({ planned: all, removed }).size === 0;
  return isEarly ? { deciding: names, taking } : undefined;
}

function decidingIn(planned: readonly PlannedStack[]): readonly string[] {
  return planned.flatMap(({ stack }) => (deciding.has(stack.kind) ? [stack.name] : []));
}

function takingAway(planned: readonly PlannedStack[], removed: RunPlans["removed"]): readonly string[] {
  const losing = planned.filter((each) => each.stack.cell !== undefined && losesSomething(each));
  return [...losing.map(({ stack }) => stack), ...removed].map(({ name }) => name);
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
