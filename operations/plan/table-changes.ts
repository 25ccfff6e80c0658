import { isMap } from "../../fleet/values";
import type { ResourceChange, TerraformPlan } from "./terraform-plan";

/** Terraform's type of a DynamoDB table; its replicas are blocks in it. */
export const tableType = "aws_dynamodb_table";

/** What a plan of data takes away from those that may still use it. */
export interface Withdrawal {
  /** Regions that lose a replica of a table, sorted. */
  readonly replicas: readonly string[];
}

/** The blocks of a kind that a table has, by what tells one from another. */
function blocksOf(
  values: unknown,
  kind: "global_secondary_index" | "replica",
): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
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

function pairs({ after, before }: ResourceChange["change"], kind: Parameters<typeof blocksOf>[1]) {
  const [old, now] = [blocksOf(before, kind), blocksOf(after, kind)];
  return [...old]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, was]) => ({ name, was, is: now.get(name) }));
}

/** Whether a resource stays, and is changed as it is. */
export function isUpdate({ change }: ResourceChange): boolean {
  return change.actions.length === 1 && change.actions[0] === "update";
}

/**
 * What a plan takes away: a thing, a replica or an index. Undefined where it takes nothing, or only makes something again:
 * whoever uses that is no better off if it happens later.
 */
export function withdrawalOf({ resource_changes = [] }: TerraformPlan): Withdrawal | undefined {
  const managed = resource_changes.filter(({ mode }) => mode === "managed");
  const tables = managed.filter((resource) => resource.type === tableType && isUpdate(resource));
  const isGone = ({ is }: { readonly is?: unknown }) => is === undefined;
  const replicas = tables.flatMap((table) => replicaPairs(table).filter(isGone));
  const takes =
    replicas.length > 0 ||
    tables.some((table) => indexPairs(table).some(isGone)) ||
    managed.some(({ change }) => change.actions.join() === "delete");
  return takes ? { replicas: [...new Set(replicas.map(({ name }) => name))].sort() } : undefined;
}
