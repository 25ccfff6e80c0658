import { createDynamoDb } from "../../../sandbox/dynamodb/dynamodb";
import type { AwsCall, ServiceHandler } from "../../../sandbox/http";
import { actionOf } from "../../../sandbox/protocols/errors";
import { isMap, type JsonInput, jsonAnswer } from "../../../sandbox/protocols/json";
import { codeOf, errorOf, jsonClient } from "../clients";

/** The account of these tests, and three regions. */
export const account = "111111111111";
export const [home, replica, third] = ["eu-central-1", "eu-west-1", "eu-north-1"] as const;

interface FakeTable {
  description: JsonInput;
  readonly items: Map<string, JsonInput>;
  readonly records: JsonInput[];
}

const list = (value: unknown) => (Array.isArray(value) ? value.filter(isMap) : []);
const entry = (value: unknown): readonly [string, JsonInput] => {
  const [[kind = "", action] = []] = Object.entries(isMap(value) ? value : {});
  return [kind, isMap(action) ? action : {}];
};

/** DynamoDB as moto serves it, as far as it matters here: tables with a key `id`, without replicas and regions. */
function fakeMoto() {
  const tables = new Map<string, FakeTable>();
  const calls: { readonly action: string; readonly region: string; readonly input: JsonInput }[] = [];

  let running = 0;
  let busiest = 0;

  function write(table: FakeTable, item: JsonInput) {
    const id = JSON.stringify(item.id);
    const images = { NewImage: item, ...(table.items.has(id) && { OldImage: table.items.get(id) }) };
    const dynamodb = { SequenceNumber: String(table.records.length), Keys: { id: item.id }, ...images };
    table.records.push({ awsRegion: "us-east-1", dynamodb });
    table.items.set(id, item);
  }

  function answer(action: string, input: JsonInput): object | undefined {
    const { StreamArn, ShardIterator, TableName } = input;
    const name = /:table\/([^/]+)/.exec(String(StreamArn ?? ShardIterator))?.[1] ?? String(TableName);
    if (action === "CreateTable") {
      const { AttributeDefinitions, BillingMode, GlobalSecondaryIndexes = [], KeySchema } = input;
      if (!KeySchema) return undefined;
      const description = {
        ...{ TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes: [] },
        BillingModeSummary: { BillingMode },
        TableArn: `arn:aws:dynamodb:us-east-1:${account}:table/${name}`,
        LatestStreamLabel: "moto's",
      };
      tables.set(name, { description, items: new Map(), records: [] });
      return { TableDescription: description };
    }
    if (action === "BatchGetItem") {
      const requests = Object.entries(isMap(input.RequestItems) ? input.RequestItems : {});
      const found = requests.map(([key]) => [key, [...(tables.get(key)?.items.values() ?? [])]]);
      return { Responses: Object.fromEntries(found) };
    }
    if (action === "TransactWriteItems") {
      for (const [, { Item, TableName: key }] of list(input.TransactItems).map(entry)) {
        const table = tables.get(String(key));
        if (!table) return undefined;
        write(table, isMap(Item) ? Item : {});
      }
      return {};
    }
    if (action === "ExecuteStatement") {
      const key = /(?:FROM|INTO|UPDATE) (\w+)/i.exec(String(input.Statement))?.[1] ?? "";
      return { Items: [...(tables.get(key)?.items.values() ?? [])] };
    }
    const table = tables.get(name);
    if (!table) return undefined;
    switch (action) {
      case "DescribeTable":
        return { Table: table.description };
      case "DeleteTable":
        tables.delete(name);
        return { TableDescription: table.description };
      case "UpdateTable": {
        const { AttributeDefinitions, BillingMode, GlobalSecondaryIndexUpdates } = input;
        const changed = list(GlobalSecondaryIndexUpdates).map(entry);
        const gone = changed.map(([, { IndexName }]) => IndexName);
        const made = changed.filter(([kind]) => kind === "Create").map(([, index]) => index);
        const kept = list(table.description.GlobalSecondaryIndexes);
        table.description = {
          ...table.description,
          ...(AttributeDefinitions !== undefined && { AttributeDefinitions }),
          ...(BillingMode !== undefined && { BillingModeSummary: { BillingMode } }),
          GlobalSecondaryIndexes: [...kept.filter(({ IndexName }) => !gone.includes(IndexName)), ...made],
        };
        return { TableDescription: table.description };
      }
      case "PutItem":
        write(table, isMap(input.Item) ? input.Item : {});
        return { ConsumedCapacity: { TableName } };
      case "GetItem":
        return { Item: table.items.get(JSON.stringify(isMap(input.Key) ? input.Key.id : "")) };
      case "DescribeStream":
        return { StreamDescription: { Shards: [{ ShardId: "shard" }] } };
      case "GetShardIterator": {
        const { SequenceNumber, ShardIteratorType } = input;
        const latest = ShardIteratorType === "LATEST" ? table.records.length : 0;
        const from = SequenceNumber === undefined ? latest : Number(SequenceNumber) + 1;
        return { ShardIterator: `${StreamArn}|${from}` };
      }
      case "GetRecords": {
        // Few at a time, so that a reader has to go on.
        const first = Number(String(ShardIterator).split("|")[1]);
        return { Records: table.records.slice(first, first + 3) };
      }
    }
    return undefined;
  }

  const handle: ServiceHandler = async (call: AwsCall) => {
    const input: JsonInput = JSON.parse(call.body.toString());
    calls.push({ action: actionOf(call), region: call.region, input });
    running += 1;
    busiest = Math.max(busiest, running);
    await new Promise(setImmediate);
    running -= 1;
    const output = answer(actionOf(call), input);
    if (output) return jsonAnswer(200, output, { "x-amz-crc32": "1" });
    const message = `moto refuses ${input.TableName}`;
    return jsonAnswer(400, { __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message });
  };
  return { handle, calls, busiest: () => busiest };
}

/** A DynamoDB to ask, a clock to put forward, and outages to begin. */
export function testDynamoDb() {
  const moto = fakeMoto();
  const down = new Set<string>();
  let now = Date.parse("2026-01-01T00:00:00Z");
  const { handle } = createDynamoDb({
    moto: moto.handle,
    outages: { isDown: (region) => down.has(region) },
    now: () => now,
    replicaMs: 1000,
  });
  const ask = (region: string, owner = account) => jsonClient(handle, "dynamodb", owner, region);
  return {
    handle,
    motoCalls: moto.calls,
    /** How many calls moto had at once, at most. */
    busiest: moto.busiest,
    down,
    pass: (ms: number) => {
      now += ms;
    },
    ask,
    /** The error that a call ends in. */
    error: (region: string, action: string, input: object) => errorOf(ask(region)(action, input)),
    code: (region: string, action: string, input: object) => codeOf(ask(region)(action, input)),
    describe: async (region: string, name = "orders") =>
      (await ask(region)("DescribeTable", { TableName: name })).Table,
  };
}

/** What to make a table of. */
export const orders = {
  TableName: "orders",
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
};

/** A table with a replica. */
export async function testGlobalTable(more: object = {}, parameters: object = {}) {
  const dynamoDb = testDynamoDb();
  await dynamoDb.ask(home)("CreateTable", { ...orders, ...more });
  await dynamoDb.ask(home)("UpdateTable", create(replica, parameters));
  dynamoDb.pass(1000);
  return dynamoDb;
}

/** Makes a replica. */
export const create = (RegionName: string, parameters: object = {}) => ({
  TableName: "orders",
  ReplicaUpdates: [{ Create: { RegionName, ...parameters } }],
});

/** Deletes a replica. */
export const remove = (RegionName: string) => ({
  TableName: "orders",
  ReplicaUpdates: [{ Delete: { RegionName } }],
});
