import { account, home, orders, replica, testDynamoDb, testGlobalTable, third } from "./support";

const names = { TableName: "orders" };
const put = (id: string) => ({ ...names, Item: { id: { S: id } } });
type Asks = Pick<ReturnType<typeof testDynamoDb>, "ask">;
type Record = { readonly awsRegion: string; readonly dynamodb: object };

/** What the stream of a table tells in a region, from its beginning. */
async function records({ ask }: Asks, region: string): Promise<readonly Record[]> {
  const [{ StreamArn }] = (await ask(region)("ListStreams", names)).Streams;
  const { StreamDescription } = await ask(region)("DescribeStream", { StreamArn });
  const { ShardIterator } = await ask(region)("GetShardIterator", {
    StreamArn,
    ShardId: StreamDescription.Shards[0].ShardId,
    ShardIteratorType: "TRIM_HORIZON",
  });
  return (await ask(region)("GetRecords", { ShardIterator })).Records;
}

it("tells each region of all changes, as those of the region", async () => {
  const dynamoDb = await testGlobalTable();
  await dynamoDb.ask(replica)("PutItem", put("1"));
  for (const region of [home, replica]) {
    expect(await records(dynamoDb, region)).toEqual([
      {
        awsRegion: region,
        dynamodb: { SequenceNumber: "0", Keys: { id: { S: "1" } }, NewImage: { id: { S: "1" } } },
      },
    ]);
  }
});

it("is described as that of its region", async () => {
  const { ask } = await testGlobalTable();
  const [{ StreamArn }] = (await ask(replica)("ListStreams")).Streams;
  expect(StreamArn).toMatch(`arn:aws:dynamodb:${replica}:${account}:table/orders/stream/`);
  expect((await ask(replica)("DescribeStream", { StreamArn })).StreamDescription).toMatchObject({
    StreamArn,
    StreamStatus: "ENABLED",
    StreamViewType: "NEW_AND_OLD_IMAGES",
    TableName: "orders",
    KeySchema: orders.KeySchema,
  });
});

it.each([
  ["KEYS_ONLY", []],
  ["NEW_IMAGE", ["NewImage"]],
  ["OLD_IMAGE", ["OldImage"]],
  ["NEW_AND_OLD_IMAGES", ["NewImage", "OldImage"]],
])("tells of a change with %s what it is to tell", async (StreamViewType, images) => {
  const dynamoDb = await testGlobalTable({ StreamSpecification: { StreamEnabled: true, StreamViewType } });
  for (const input of [put("1"), put("1")]) await dynamoDb.ask(home)("PutItem", input);
  const [, change] = await records(dynamoDb, home);
  expect(Object.keys(change?.dynamodb ?? {}).sort()).toEqual(["Keys", ...images, "SequenceNumber"]);
});

it("begins when it is turned on", async () => {
  const dynamoDb = testDynamoDb();
  const { ask } = dynamoDb;
  await ask(home)("CreateTable", orders);
  for (const id of ["1", "2", "3", "4"]) await ask(home)("PutItem", put(id));
  const StreamSpecification = { StreamEnabled: true, StreamViewType: "KEYS_ONLY" };
  await ask(home)("UpdateTable", { ...names, StreamSpecification });
  await ask(home)("PutItem", put("after"));
  expect(await records(dynamoDb, home)).toMatchObject([{ dynamodb: { Keys: { id: { S: "after" } } } }]);
});

it("cannot be read where it is not, nor after it was turned off", async () => {
  const { ask, code } = testDynamoDb();
  const StreamSpecification = { StreamEnabled: true, StreamViewType: "KEYS_ONLY" };
  await ask(home)("CreateTable", { ...orders, StreamSpecification });
  await ask(third)("CreateTable", { ...orders, StreamSpecification });
  const [{ StreamArn }] = (await ask(home)("ListStreams")).Streams;
  const shard = { StreamArn, ShardId: "shard", ShardIteratorType: "LATEST" };
  const { ShardIterator } = await ask(home)("GetShardIterator", shard);
  expect(await code(third, "GetRecords", { ShardIterator })).toBe("ExpiredIteratorException");
  expect(await code(third, "DescribeStream", { StreamArn })).toBe("ResourceNotFoundException");
  await ask(home)("UpdateTable", { ...names, StreamSpecification: { StreamEnabled: false } });
  expect(await ask(home)("ListStreams")).toEqual({ Streams: [] });
  expect(await code(home, "GetShardIterator", shard)).toBe("ResourceNotFoundException");
  expect(await code(home, "GetRecords", { ShardIterator })).toBe("ExpiredIteratorException");
});
