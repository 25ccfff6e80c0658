import { AwsError } from "../http";
import { isMap, type JsonInput } from "../protocols/json";
import type { TableOperation } from "./context";
import { mapsIn, streamArn } from "./descriptions";
import { type Store, storedStreamArn, targets } from "./store";
import { invalidParameter, type Place, type Stream, type Table, type Tables } from "./tables";

/**
 * What moto records of every table, with a stream or without: it cannot turn a stream on again that was off, nor change
 * what one tells. What a table's stream does not tell is left out when it is read.
 */
export const recordedStream = { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } as const;

/** Images of an item in a record, by what a stream tells of a change. */
const images: Readonly<Record<string, readonly string[]>> = {
  KEYS_ONLY: [],
  NEW_IMAGE: ["NewImage"],
  OLD_IMAGE: ["OldImage"],
  NEW_AND_OLD_IMAGES: ["NewImage", "OldImage"],
};

/** The label of a stream that is turned on `now`, in milliseconds since 1970. */
export function newLabel(now: number): string {
  return new Date(now).toISOString().replace("Z", "");
}

/** A stream that is turned on now: what was done before is not in it. */
export async function enabledStream(
  store: Store,
  table: Table,
  viewType: string,
  now: number,
): Promise<Stream> {
  const after = await lastRecorded(store, table);
  return { viewType, label: newLabel(now), isEnabled: true, after };
}

/** Number of the last change that moto has recorded. */
async function lastRecorded(store: Store, table: Table): Promise<string | undefined> {
  const ShardId = (await shardsOf(store, table))[0]?.ShardId;
  let from: JsonInput = { ShardIteratorType: "TRIM_HORIZON" };
  for (;;) {
    const { ShardIterator } = await ask(store, table.account, "GetShardIterator", {
      ...{ StreamArn: storedStreamArn(table), ShardId },
      ...from,
    });
    const { Records } = await ask(store, table.account, "GetRecords", { ShardIterator });
    const last = mapsIn(Records).at(-1)?.dynamodb;
    if (!isMap(last)) return from.SequenceNumber === undefined ? undefined : String(from.SequenceNumber);
    from = { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: last.SequenceNumber };
  }
}

/**
 * A table whose stream is off.
 *
 * @throws {AwsError} it has none, or needs it: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
 */
export function disabled(table: Table): Table {
  if (table.replicas.length > 1) {
    throw invalidParameter("Disabling Stream is not allowed for a Global Table replica.");
  }
  if (!table.stream?.isEnabled) {
    throw new AwsError(
      400,
      "ValidationException",
      `Table has no stream to disable: TableName: ${table.name}`,
    );
  }
  return { ...table, stream: { ...table.stream, isEnabled: false } };
}

/** The operations of DynamoDB Streams, on the streams of a region. All regions have the same changes in theirs. */
export function streamOperations(tables: Tables, store: Store): Readonly<Record<string, TableOperation>> {
  return {
    ListStreams({ TableName }, place) {
      const streams = tables
        .list(place)
        .filter(({ name, stream }) => stream?.isEnabled && (TableName === undefined || name === TableName))
        .map((table) => ({
          StreamArn: streamArn(table, place.region),
          StreamLabel: table.stream?.label,
          TableName: table.name,
        }));
      return { Streams: streams };
    },
    async DescribeStream({ StreamArn }, place) {
      const table = requireStream(tables, StreamArn, place);
      const { Table: stored } = await store.ask(table, "DescribeTable");
      return {
        StreamDescription: {
          StreamArn,
          StreamLabel: table.stream.label,
          StreamStatus: "ENABLED",
          StreamViewType: table.stream.viewType,
          CreationRequestDateTime: Date.parse(`${table.stream.label}Z`) / 1000,
          TableName: table.name,
          KeySchema: isMap(stored) ? stored.KeySchema : [],
          Shards: await shardsOf(store, table),
        },
      };
    },
    async GetShardIterator({ StreamArn, ...input }, place) {
      const table = requireStream(tables, StreamArn, place);
      const { after } = table.stream;
      const isFirst = input.ShardIteratorType === "TRIM_HORIZON" && after !== undefined;
      return ask(store, table.account, "GetShardIterator", {
        ...input,
        ...(isFirst && { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after }),
        StreamArn: storedStreamArn(table),
      });
    },
    async GetRecords(input, place) {
      const [, id] = /:table\/([^/]+)\//.exec(String(input.ShardIterator)) ?? [];
      const table = tables.list(place).find(({ store: stored }) => stored === id);
      if (!table?.stream?.isEnabled) {
        throw new AwsError(400, "ExpiredIteratorException", "Iterator is of a stream that is not there.");
      }
      const { Records, ...output } = await ask(store, table.account, "GetRecords", input);
      const told = images[table.stream.viewType] ?? [];
      return { ...output, Records: mapsIn(Records).map((record) => recordOf(record, told, place.region)) };
    },
  };
}

function recordOf({ dynamodb, ...record }: JsonInput, told: readonly string[], region: string): JsonInput {
  const members = Object.entries(isMap(dynamodb) ? dynamodb : {});
  const kept = members.filter(([name]) => !name.endsWith("Image") || told.includes(name));
  return { ...record, awsRegion: region, dynamodb: Object.fromEntries(kept) };
}

async function ask(store: Store, account: string, action: string, input: JsonInput): Promise<JsonInput> {
  const { status, body } = await store.pass(account, `${targets.streams}.${action}`, input);
  const output = JSON.parse(body.toString());
  if (status === 200) return output;
  throw new AwsError(status, String(output.__type).replace(/^.*#/, ""), String(output.message));
}

async function shardsOf(store: Store, table: Table): Promise<readonly JsonInput[]> {
  const { StreamDescription } = await ask(store, table.account, "DescribeStream", {
    StreamArn: storedStreamArn(table),
  });
  return isMap(StreamDescription) ? mapsIn(StreamDescription.Shards) : [];
}

/** The table of a stream that is on. */
function requireStream(tables: Tables, arn: unknown, place: Place): Table & { readonly stream: Stream } {
  for (const table of tables.list(place)) {
    const { stream } = table;
    if (stream?.isEnabled && streamArn(table, place.region) === arn) return { ...table, stream };
  }
  throw new AwsError(
    400,
    "ResourceNotFoundException",
    `Requested resource not found: Stream: ${arn} not found`,
  );
}
