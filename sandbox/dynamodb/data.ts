import { type AwsCall, AwsError, type HttpResponse, notServed } from "../http";
import { actionOf } from "../protocols/errors";
import { isMap, type JsonInput } from "../protocols/json";
import { mapsIn } from "./descriptions";
import { statementTable } from "./statements";
import { type Store, targets } from "./store";
import { requireTable, type Tables } from "./tables";

/** Calls a table as moto does; the name is given as the caller calls it. */
type Rename = (given: unknown) => string;

const ofTable = (input: JsonInput, rename: Rename): JsonInput => ({
  ...input,
  TableName: rename(input.TableName),
});

const ofBatch = (input: JsonInput, rename: Rename): JsonInput => ({
  ...input,
  RequestItems: Object.fromEntries(
    Object.entries(isMap(input.RequestItems) ? input.RequestItems : {}).map(([table, requests]) => [
      rename(table),
      requests,
    ]),
  ),
});

const ofTransaction = (input: JsonInput, rename: Rename): JsonInput => ({
  ...input,
  TransactItems: mapsIn(input.TransactItems).map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([kind, action]) => [kind, isMap(action) ? ofTable(action, rename) : action]),
    ),
  ),
});

const ofStatement = (input: JsonInput, rename: Rename): JsonInput => ({
  ...input,
  Statement: renamedStatement(String(input.Statement), rename),
});

const ofStatements =
  (member: string) =>
  (input: JsonInput, rename: Rename): JsonInput => ({
    ...input,
    [member]: mapsIn(input[member]).map((statement) => ofStatement(statement, rename)),
  });

/** One of several statements about a table that is not there fails by itself: moto, which has none of that name, says so. */
const ofEachStatement = (input: JsonInput, rename: Rename): JsonInput =>
  ofStatements("Statements")(input, (given) => {
    try {
      return rename(given);
    } catch (error) {
      if (error instanceof AwsError && error.code === "ResourceNotFoundException") return String(given);
      throw error;
    }
  });

function renamedStatement(statement: string, rename: Rename): string {
  const found = statementTable(statement);
  if (!found) {
    throw new AwsError(400, "ValidationException", "Statement wasn't well formed, can't be processed");
  }
  // moto takes an index for a table of that name.
  if (/^\s*\./.test(found.after)) throw notServed("PartiQL on an index");
  // Unquoted: moto's BatchExecuteStatement takes quotes for a part of the name.
  return `${found.before}${rename(found.table)}${found.after}`;
}

/** Where the operations on items name their tables. */
const operations: Readonly<Record<string, (input: JsonInput, rename: Rename) => JsonInput>> = {
  GetItem: ofTable,
  PutItem: ofTable,
  UpdateItem: ofTable,
  DeleteItem: ofTable,
  Query: ofTable,
  Scan: ofTable,
  BatchGetItem: ofBatch,
  BatchWriteItem: ofBatch,
  TransactGetItems: ofTransaction,
  TransactWriteItems: ofTransaction,
  ExecuteStatement: ofStatement,
  BatchExecuteStatement: ofEachStatement,
  ExecuteTransaction: ofStatements("TransactStatements"),
};

/** The operations on items. */
export const dataOperations: readonly string[] = Object.keys(operations);

/**
 * Hands an operation on items to moto, and back what it answers, with tables called as the caller calls them.
 *
 * @throws {AwsError} a table is not in the caller's region
 */
export async function callData(
  tables: Tables,
  store: Store,
  input: JsonInput,
  call: AwsCall,
): Promise<HttpResponse> {
  const names = new Map<string, string>();
  const rename: Rename = (given) => {
    const { store: stored } = requireTable(tables, given, call);
    names.set(stored, String(given));
    return stored;
  };
  const action = actionOf(call);
  const renamed = operations[action]?.(input, rename) ?? input;
  const { body, headers, status } = await store.pass(call.account, `${targets.tables}.${action}`, renamed);
  const text = [...names].reduce(
    (answer, [stored, given]) => answer.replaceAll(stored, given),
    body.toString(),
  );
  const changed = Buffer.from(text);
  // moto's checksum is that of its own answer; an SDK checks none that is not there.
  const { "x-amz-crc32": checksum, ...kept } = headers;
  return { status, headers: { ...kept, "content-length": String(changed.length) }, body: changed };
}
