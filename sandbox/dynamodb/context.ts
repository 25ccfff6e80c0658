import { isMap, type JsonInput } from "../protocols/json";
import type { Store } from "./store";
import type { Place, Table, Tables } from "./tables";

/** An operation on tables: what is asked for, and where. */
export type TableOperation = (input: JsonInput, place: Place) => object | Promise<object>;

/** What the operations on tables stand on. */
export interface TableContext {
  readonly tables: Tables;
  readonly store: Store;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** How long it takes to make or delete a replica, in milliseconds. */
  readonly replicaMs: number;
  readonly isDown: (region: string) => boolean;
}

/** A table as moto describes it. */
export async function storedTable(store: Store, table: Table): Promise<JsonInput> {
  const { Table: stored } = await store.ask(table, "DescribeTable");
  return isMap(stored) ? stored : {};
}
