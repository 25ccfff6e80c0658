import type { Fleet } from "../../fleet/model";
import { targetStackName } from "../../fleet/names";
import type { FleetStack } from "../../fleet/stacks";
import type { PlannedStack } from "../plan/plan-stack";
import type { RunStackState } from "../store/model";
import type { RolloutContext } from "./deploy-cell";
import { joined, type RolloutResult, withFailure } from "./roll-out";

/** What is known when the turn comes of data that takes something away. */
export interface WithdrawalContext {
  readonly fleet: Fleet;
  /** Stacks that the run is about. */
  readonly concerned: readonly FleetStack[];
  /** Stacks that the run is not about, and that are not as the fleet file says. */
  readonly outdated: readonly FleetStack[];
  /** What has become of a stack in this run. */
  readonly stateOf: (stack: FleetStack) => RunStackState | undefined;
  /** Names of orphans that are still there. */
  readonly orphans: ReadonlySet<string>;
  /** Why the rollout ended early, if it did. */
  readonly halted: string | undefined;
}

/** Options of {@link rollOutLast}. */
export interface LastOptions extends Omit<WithdrawalContext, "halted"> {
  readonly planned: ReadonlyMap<string, PlannedStack>;
  /** How the rollout of all else went. */
  readonly before: RolloutResult;
  readonly note: RolloutContext["note"];
  /** Rolls out these stacks alone. */
  readonly rollOut: (isIn: (stack: FleetStack) => boolean) => Promise<RolloutResult>;
}

/** Whether a stack of data takes something away: its turn comes when nobody uses that any more. */
export function comesLast(planned: PlannedStack | undefined): boolean {
  return planned?.withdraws !== undefined;
}

/**
 * Why what a stack of data takes away may still be used; undefined where nobody does. Its cell has to be deployed, for
 * functions and front as they were may ask for it, and of a region that loses a replica nothing may be left.
 */
export function stillUsed(
  { stack, withdraws }: PlannedStack,
  { concerned, fleet, halted, orphans, outdated, stateOf }: WithdrawalContext,
): string | undefined {
  if (halted !== undefined) return halted;
  const undone = undoneBeside(stack, { concerned, outdated, stateOf });
  if (undone) return `${undone.name}, which may still use what it takes away, is not ${undone.what}`;
  const cell = fleet.cells.find(({ name }) => name === stack.cell);
  for (const region of withdraws?.replicas ?? []) {
    // A cell whose regions share a table has all its targets in one account.
    const target = cell && targetStackName(cell.name, stack.account.name, region);
    if (target !== undefined && orphans.has(target))
      return `${target} is still there, and works with the replica in ${region} that it takes away: deploy with --remove`;
  }
  return undefined;
}

/**
 * Why an orphan that was a cell's data may still be used; undefined where it is none, or nobody does: the functions of the
 * cell are deployed without it.
 */
export function usedByCell(orphan: FleetStack, context: UseContext): string | undefined {
  const undone = orphan.kind === "data" ? undoneBeside(orphan, context) : undefined;
  return undone && `${undone.name}, which may still use it, is not ${undone.what}`;
}

type UseContext = Pick<WithdrawalContext, "concerned" | "outdated" | "stateOf">;

/** A stack of the same cell, of its functions or its front, that is still as it was, and what it should have been. */
function undoneBeside(
  { cell }: FleetStack,
  { concerned, outdated, stateOf }: UseContext,
): { readonly name: string; readonly what: "deployed" | "selected" } | undefined {
  const beside = (stacks: readonly FleetStack[]) =>
    stacks.filter((other) => other.cell === cell && other.kind !== "data");
  const isDone = (other: FleetStack) => ["applied", "verified"].includes(stateOf(other) ?? "");
  const failed = beside(concerned).find((other) => !isDone(other));
  if (failed) return { name: failed.name, what: "deployed" };
  const [left] = beside(outdated);
  return left && { name: left.name, what: "selected" };
}

/**
 * Stacks beside data that loses something, in its cells, which use it as they were deployed last.
 *
 * @param data that takes something away, or is taken away
 */
export function usersOf(data: readonly FleetStack[], stacks: readonly FleetStack[]): readonly FleetStack[] {
  const cells = new Set(data.filter(({ kind }) => kind === "data").map(({ cell }) => cell));
  return stacks.filter(({ cell, kind }) => kind !== "data" && cells.has(cell));
}

/**
 * Deploys the data that takes something away, after all else and after the orphans. Where that may still be used, the data
 * stays as it is, and the run has failed: not all was done that was asked for. A cell that failed has failed with its data.
 */
export async function rollOutLast(options: LastOptions): Promise<RolloutResult> {
  const { before, concerned, note, planned, rollOut, stateOf } = options;
  const last = concerned.flatMap(({ name }) => planned.get(name) ?? []).filter(comesLast);
  const ready = new Set<string>();
  for (const each of last) {
    const why = stillUsed(each, { ...options, halted: before.halted });
    if (why === undefined) ready.add(each.stack.name);
    else note(each.stack, { state: "skipped", why });
  }
  const result = ready.size > 0 ? joined(before, await rollOut(({ name }) => ready.has(name))) : before;
  const hasFailed = ({ cell }: FleetStack) =>
    concerned.some(
      (other) => other.cell === cell && ["failed", "rolled-back"].includes(stateOf(other) ?? ""),
    );
  return last.some(({ stack }) => !ready.has(stack.name) && !hasFailed(stack)) ? withFailure(result) : result;
}
