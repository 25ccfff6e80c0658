import type { FleetStack } from "../../fleet/stacks";
import { foundationStacks } from "../../fleet/stacks";
import type { StackNote } from "../rollout/deploy-cell";
import { atOnce } from "../terraform/at-once";

/** What is done with each orphan. */
export interface RemovalActions {
  /** Why requests may still come to it; undefined where none do. */
  isUsed(stack: FleetStack): Promise<string | undefined>;
  /**
   * Destroys what was reviewed.
   *
   * @throws with the reason why it was not destroyed, or not wholly
   */
  destroy(stack: FleetStack): Promise<void>;
  /** Removes the state, in which nothing is any more. */
  removeState(stack: FleetStack): Promise<void>;
}

/** Options of {@link takeAway}. */
export interface TakeAwayOptions {
  readonly orphans: readonly FleetStack[];
  /** Why an orphan could not be planned. */
  readonly failedPlan: (stack: FleetStack) => string | undefined;
  readonly actions: RemovalActions;
  readonly note: (stack: FleetStack, note: StackNote) => void;
  /** Runs of Terraform at once. */
  readonly parallelism: number;
  /** When aborted, nothing further begins. */
  readonly stop?: AbortSignal;
}

/**
 * Takes orphans away: what reads another one before that one, fronts before their log buckets, a cell's functions before its
 * data, the foundation last. What fails keeps those that it stands on.
 *
 * @returns names of those that are gone
 */
export async function takeAway({
  actions,
  failedPlan,
  note,
  orphans,
  parallelism,
  stop,
}: TakeAwayOptions): Promise<ReadonlySet<string>> {
  const limit = atOnce(parallelism);
  const gone = new Set<string>();
  const done = new Map<string, Promise<boolean>>();
  const skipped = (stack: FleetStack, why: string) => {
    note(stack, { state: "skipped", why });
    return false;
  };
  const remove = async (stack: FleetStack): Promise<boolean> => {
    for (const name of goneBefore(stack, orphans))
      if (!(await done.get(name))) return skipped(stack, `${name}, which stands on it, is still there`);
    const why = failedPlan(stack);
    if (why !== undefined) {
      note(stack, { state: "failed", why });
      return false;
    }
    return limit(async () => {
      if (stop?.aborted) return skipped(stack, "it was stopped before its turn");
      try {
        const used = await actions.isUsed(stack);
        if (used !== undefined) return skipped(stack, used);
        note(stack, { state: "removing" });
        await actions.destroy(stack);
        await actions.removeState(stack);
        gone.add(stack.name);
        note(stack, { state: "removed" });
        return true;
      } catch (error) {
        note(stack, { state: "failed", why: error instanceof Error ? error.message : String(error) });
        return false;
      }
    });
  };
  for (const stack of inOrder(orphans)) done.set(stack.name, remove(stack));
  await Promise.all(done.values());
  return gone;
}

/** In the order that they are deployed in. */
const foundation: readonly string[] = Object.values(foundationStacks);

/** Names of the orphans that have to be gone before this one. */
export function goneBefore(stack: FleetStack, orphans: readonly FleetStack[]): readonly string[] {
  const level = levelOf(stack);
  const others = orphans.filter(({ name }) => name !== stack.name);
  return others
    .filter((other) => {
      if (other.after.includes(stack.name)) return true;
      if (stack.kind === "front-logs" && other.kind === "front" && other.cell === stack.cell) return true;
      // Functions of the cell work with its tables for as long as they are there.
      if (stack.kind === "data" && other.kind !== "data" && isOf(other, stack.cell)) return true;
      return level >= 0 && levelOf(other) !== level && (levelOf(other) < 0 || levelOf(other) > level);
    })
    .map(({ name }) => name);
}

function isOf({ cell }: FleetStack, name: string | undefined): boolean {
  return cell !== undefined && cell === name;
}

/** -1 for what belongs to a cell; else the higher, the later it is deployed. */
function levelOf({ kind }: FleetStack): number {
  const index = foundation.indexOf(kind);
  if (index < 0) return -1;
  // Those on top of the accounts stand side by side, and the state's stacks hold what all others are written down in.
  if (kind === foundationStacks.state) return 1;
  if (kind === foundationStacks.stateReplica) return 0;
  return 2 + Math.min(index, 2);
}

/** Each after those that have to be gone before it. */
export function inOrder(orphans: readonly FleetStack[]): readonly FleetStack[] {
  const ordered: FleetStack[] = [];
  const seen = new Set<string>();
  const visit = (stack: FleetStack) => {
    if (seen.has(stack.name)) return;
    seen.add(stack.name);
    const before = new Set(goneBefore(stack, orphans));
    for (const other of orphans) if (before.has(other.name)) visit(other);
    ordered.push(stack);
  };
  for (const stack of orphans) visit(stack);
  return ordered;
}
