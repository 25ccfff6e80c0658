import { randomUUID } from "node:crypto";
import { isMap, type JsonInput, readTags } from "../protocols/json";
import { storedTable, type TableContext, type TableOperation } from "./context";
import { deleteTable } from "./deletion";
import { describeTable } from "./descriptions";
import { specifiedKey } from "./encryption";
import { newLabel, recordedStream } from "./streams";
import {
  inUse,
  invalidParameter,
  type Place,
  type Replica,
  type Table,
  type Tables,
  tableNameOf,
  tableNotFound,
} from "./tables";
import { requireKept, updateTable } from "./update-table";

/** The operations on tables as a whole. */
export function tableOperations(context: TableContext): Readonly<Record<string, TableOperation>> {
  const { store, tables } = context;
  return {
    CreateTable: (input, place) => createTable(context, input, place),
    DeleteTable: (input, place) => deleteTable(context, input, place),
    UpdateTable: (input, place) => updateTable(context, input, place),
    async DescribeTable({ TableName }, place) {
      const name = tableNameOf(TableName, place);
      const table = tables.find(name, place);
      if (!table) throw tableNotFound(name);
      return { Table: describeTable(table, place.region, await storedTable(store, table)) };
    },
    ListTables: (input, place) => listTables(tables, input, place),
  };
}

/** A name that no other table has had, and that PartiQL takes without quotes. */
const storeName = () => `t${randomUUID().replaceAll("-", "")}`;

async function createTable({ now, store, tables }: TableContext, input: JsonInput, place: Place) {
  const { account, region } = place;
  requireKept("CreateTable", input);
  const name = tableNameOf(input.TableName, place);
  if (tables.find(name, place)) throw inUse(`Table already exists: ${name}`);
  const { DeletionProtectionEnabled, SSESpecification, StreamSpecification, TableClass, Tags, ...kept } =
    input;
  const viewType = newStream(StreamSpecification);
  const replica: Replica = {
    region,
    id: randomUUID(),
    created: now() / 1000,
    tags: readTags(Tags),
    isProtected: DeletionProtectionEnabled === true,
    tableClass: typeof TableClass === "string" ? TableClass : undefined,
    kmsKey: isMap(SSESpecification) ? specifiedKey(SSESpecification, place) : undefined,
  };
  const table: Table = {
    ...{ account, name, store: storeName(), replicas: [replica] },
    stream: viewType === undefined ? undefined : { viewType, label: newLabel(now()), isEnabled: true },
  };
  const { TableDescription } = await store.ask(table, "CreateTable", {
    ...kept,
    StreamSpecification: recordedStream,
  });
  tables.put(table);
  return { TableDescription: describeTable(table, region, isMap(TableDescription) ? TableDescription : {}) };
}

/** What the stream of a new table is to tell; undefined for a table without one. */
function newStream(specification: unknown): string | undefined {
  if (!isMap(specification)) return undefined;
  const { StreamEnabled, StreamViewType } = specification;
  if (StreamEnabled !== true) {
    if (StreamViewType === undefined) return undefined;
    throw invalidParameter(
      "Table is being created with a stream disabled, UpdateViewType should not be specified",
    );
  }
  if (typeof StreamViewType === "string") return StreamViewType;
  throw invalidParameter("Table is being created with a stream enabled, UpdateViewType is required");
}

/** AWS lists a hundred at most: API_ListTables. */
const mostListed = 100;

function listTables(tables: Tables, { ExclusiveStartTableName, Limit }: JsonInput, place: Place) {
  const after = typeof ExclusiveStartTableName === "string" ? ExclusiveStartTableName : "";
  const names = tables
    .list(place)
    .map(({ name }) => name)
    .filter((name) => name > after);
  const page = names.slice(0, typeof Limit === "number" ? Limit : mostListed);
  return {
    TableNames: page,
    ...(page.length < names.length && { LastEvaluatedTableName: page.at(-1) }),
  };
}
