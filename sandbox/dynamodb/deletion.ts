import type { JsonInput } from "../protocols/json";
import { storedTable, type TableContext } from "./context";
import { describeTable } from "./descriptions";
import {
  inUse,
  invalid,
  isChanging,
  type Place,
  replicaIn,
  requireTable,
  type Table,
  withReplica,
} from "./tables";

/**
 * Deletes a table in one region. On AWS, one that replicas were made from in the last 24 hours stays as long as those are
 * there; here the 24 hours do not end, so that the first replica is the last to go.
 */
export async function deleteTable(context: TableContext, input: JsonInput, place: Place) {
  const { now, replicaMs, store, tables } = context;
  const { region } = place;
  const table = requireTable(tables, input.TableName, place);
  requireDeletable(table, region);
  const stored = await storedTable(store, table);
  const deleting = withoutReplica(table, region, now() + replicaMs);
  if (table.replicas.length > 1) {
    tables.put(deleting);
  } else {
    await store.ask(table, "DeleteTable");
    tables.remove(table);
  }
  return { TableDescription: describeTable(deleting, region, stored) };
}

/** A table of which a replica is being deleted. */
export function withoutReplica(table: Table, region: string, until: number): Table {
  return withReplica(table, region, { change: { status: "DELETING", until } });
}

/**
 * Makes sure that a replica may be deleted. Measured on AWS: DDB-TABLE-266, DDB-TABLE-267 and DDB-TABLE-297 of
 * ack-api-quirks, see sandbox/README.md.
 *
 * @throws {AwsError} it may not
 */
export function requireDeletable(table: Table, region: string): void {
  if (table.replicas.some(({ source }) => source === region)) {
    throw invalid(
      "Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the last 24 hours.",
    );
  }
  if (isChanging(table)) throw inUse();
  if (!replicaIn(table, region).isProtected) return;
  throw invalid(
    table.replicas.length > 1
      ? `Cannot delete table ${table.name} in region ${region} because it has deletion protection enabled. Disable deletion protection first.`
      : "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
  );
}
