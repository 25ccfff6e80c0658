import { isMap } from "../../fleet/values";
import type { ResourceChange, TerraformPlan } from "./terraform-plan";

/** Terraform's type of a DynamoDB table; its replicas are blocks in it. */
export const tableType = "aws_dynamodb_table";

/** What a plan of data takes away from those that may still use it. */
export interface Withdrawal {
  /** Regions that lose a replica of a table, sorted. */
  readonly replicas: readonly string[];
}

/** Blocks of a table that are something of their own. */
type BlockKind = "global_secondary_index" | "replica";

/** The blocks of a kind that a table has, by what tells one from another. */
function blocksOf(values: unknown, kind: BlockKind): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const key = kind === "replica" ? "region_name" : "name";
  const blocks = isMap(values) && Array.isArray(values[kind]) ? values[kind] : [];
  return new Map(
    blocks.filter(isMap).flatMap((block) => (typeof block[key] === "string" ? [[block[key], block]] : [])),
  );
}

/** Regions that a table has replicas in, sorted; its own is none of them. */
export function replicasOf(values: unknown): readonly string[] {
  return [...blocksOf(values, "replica").keys()].sort();
}

/** Replicas of a table before and after. */
export function replicaPairs({ change }: ResourceChange) {
  return pairs(change, "replica");
}

/** Indexes of a table before and after. */
export function indexPairs({ change }: ResourceChange) {
  return pairs(change, "global_secondary_index");
}

function pairs({ after, before }: ResourceChange["change"], kind: BlockKind) {
  const [old, now] = [blocksOf(before, kind), blocksOf(after, kind)];
  return [...old]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, was]) => ({ name, was, is: now.get(name) }));
}

/** Whether a resource stays, and is changed as it is. */
export function isUpdate({ change }: ResourceChange): boolean {
  return change.actions.length === 1 && change.actions[0] === "update";
}

/** A thing, or a replica or index of a table, that is only there before or after. */
export interface Difference {
  readonly resource: ResourceChange;
  /** Which of its blocks; absent where it is all of the thing. */
  readonly block?: { readonly kind: BlockKind; readonly name: string };
}

/** What a plan takes away, but for what it makes again: whoever uses that is no better off if it happens later. */
export function takenAway(plan: TerraformPlan): readonly Difference[] {
  return differences(plan, "delete", ({ after, before }, kind) => missing(before, after, kind));
}

/** What a plan adds. What it takes over is there already. */
export function added(plan: TerraformPlan): readonly Difference[] {
  return differences(plan, "create", ({ after, before }, kind) => missing(after, before, kind));
}

function differences(
  { resource_changes = [] }: TerraformPlan,
  action: "create" | "delete",
  names: (change: ResourceChange["change"], kind: BlockKind) => readonly string[],
): readonly Difference[] {
  return resource_changes.flatMap((resource): readonly Difference[] => {
    const { change, mode, type } = resource;
    if (mode !== "managed") return [];
    if (change.actions.join() === action && !change.importing) return [{ resource }];
    if (type !== tableType || !isUpdate(resource)) return [];
    return (["replica", "global_secondary_index"] as const).flatMap((kind) =>
      names(change, kind).map((name) => ({ resource, block: { kind, name } })),
    );
  });
}

/** Names of the blocks that one has and the other has not, sorted. */
function missing(one: unknown, other: unknown, kind: BlockKind): readonly string[] {
  const others = blocksOf(other, kind);
  return [...blocksOf(one, kind).keys()].filter((name) => !others.has(name)).sort();
}

/** What a plan takes away; undefined where it takes nothing, or only makes something again. */
export function withdrawalOf(plan: TerraformPlan): Withdrawal | undefined {
  const taken = takenAway(plan);
  const replicas = taken.flatMap(({ block }) => (block?.kind === "replica" ? [block.name] : []));
  return taken.length > 0 ? { replicas: [...new Set(replicas)].sort() } : undefined;
}
