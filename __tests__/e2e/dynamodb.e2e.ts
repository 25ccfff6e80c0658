import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { accountCredentials, sandboxRequest } from "../../cli/shared/sandbox-request";
import { projectRoot } from "../../fleet/project";
import { plainRequest } from "../../operations/aws/signed-request";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox";
import { zip } from "../sandbox/lambda/helpers";

const account = "111111111111";
const [home, replica] = ["eu-central-1", "eu-west-1"] as const;
const names = { TableName: "orders" };
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" });
const index = (name: string, key: string) => ({
  IndexName: name,
  KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
  Projection: { ProjectionType: "ALL" },
});
const table = {
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [attribute("id")],
};
const key = (id: string) => ({ id: { S: id } });

/** The DynamoDB of the sandbox as it is, moto behind it: the tests beside sandbox/dynamodb/ have one of their own. */
describe("a table with a replica", () => {
  let sandbox: Sandbox;

  const target = (action: string) =>
    /Stream|Shard|Records/.test(action) ? "DynamoDBStreams_20120810" : "DynamoDB_20120810";

  async function ask(region: string, action: string, input: object) {
    const { text } = await sandboxRequest({
      ...{ endpoint: sandbox.endpoint, service: "dynamodb", region, method: "POST", path: "/" },
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `${target(action)}.${action}`,
      },
      body: JSON.stringify(input),
      credentials: accountCredentials(account),
    });
    return JSON.parse(text);
  }

  const outage = (region: string, method: "PUT" | "DELETE") =>
    plainRequest({ endpoint: sandbox.endpoint, method, path: `/_sandbox/outages/${region}`, headers: {} });

  beforeAll(async () => {
    const functionProcess = join(projectRoot, "dist", "function-process.js");
    sandbox = await startSandbox({ environment: process.env, functionProcess });
    await ask(home, "CreateTable", {
      ...names,
      ...table,
      AttributeDefinitions: [attribute("id"), attribute("state")],
      GlobalSecondaryIndexes: [index("by-state", "state")],
    });
    await ask(home, "UpdateTable", { ...names, ReplicaUpdates: [{ Create: { RegionName: replica } }] });
    while ((await ask(replica, "DescribeTable", names)).Table?.TableStatus !== "ACTIVE") await sleep(100);
  });
  afterAll(() => sandbox?.close());

  test("has the same items in both regions, by key and by index", async () => {
    await ask(home, "PutItem", { ...names, Item: { ...key("1"), state: { S: "new" } } });
    const update = { UpdateExpression: "ADD visits :one", ExpressionAttributeValues: { ":one": { N: "1" } } };
    await ask(replica, "UpdateItem", { ...names, Key: key("1"), ...update });
    await ask(home, "UpdateItem", { ...names, Key: key("1"), ...update });
    const item = { ...key("1"), state: { S: "new" }, visits: { N: "2" } };
    const { Items } = await ask(replica, "Query", {
      ...{ ...names, IndexName: "by-state", KeyConditionExpression: "#s = :s" },
      ExpressionAttributeNames: { "#s": "state" },
      ExpressionAttributeValues: { ":s": { S: "new" } },
    });
    expect(Items).toEqual([item]);
    const condition = { ConditionExpression: "attribute_not_exists(id)" };
    expect((await ask(replica, "PutItem", { ...names, Item: key("1"), ...condition })).__type).toMatch(
      "ConditionalCheckFailedException",
    );
  });

  test("is read and written in one region while the other is down, its first included", async () => {
    for (const [down, up] of [
      [home, replica],
      [replica, home],
    ] as const) {
      await outage(down, "PUT");
      await expect(ask(down, "GetItem", { ...names, Key: key(up) })).rejects.toThrow();
      await ask(up, "PutItem", { ...names, Item: key(up) });
      expect(await ask(up, "GetItem", { ...names, Key: key(up) })).toEqual({ Item: key(up) });
      await outage(down, "DELETE");
      expect(await ask(down, "GetItem", { ...names, Key: key(up) })).toEqual({ Item: key(up) });
    }
  });

  test("is written together with a table of one region only, or not at all", async () => {
    await ask(replica, "CreateTable", { TableName: "audit", ...table });
    const write = (id: string) => {
      const puts = ["orders", "audit"].map((TableName) => ({ Put: { TableName, Item: key(id) } }));
      const once = { ...puts[1]?.Put, ConditionExpression: "attribute_not_exists(id)" };
      return ask(replica, "TransactWriteItems", { TransactItems: [puts[0], { Put: once }] });
    };
    await ask(replica, "PutItem", { TableName: "audit", Item: key("kept") });
    expect((await write("kept")).__type).toMatch("TransactionCanceledException");
    expect(await ask(home, "GetItem", { ...names, Key: key("kept") })).toEqual({});
    expect(await write("both")).not.toHaveProperty("__type");
    const { Responses } = await ask(replica, "BatchGetItem", {
      RequestItems: { orders: { Keys: [key("both")] }, audit: { Keys: [key("both")] } },
    });
    expect(Responses).toEqual({ orders: [key("both")], audit: [key("both")] });
  });

  test("speaks PartiQL", async () => {
    await ask(home, "ExecuteStatement", { Statement: `INSERT INTO "orders" VALUE {'id': 'ql'}` });
    const Statement = `SELECT * FROM "orders" WHERE id = ?`;
    expect(await ask(replica, "ExecuteStatement", { Statement, Parameters: [{ S: "ql" }] })).toEqual({
      Items: [key("ql")],
    });
    const Statements = ["orders", "nowhere"].map((name) => ({
      Statement: `SELECT * FROM "${name}" WHERE id = 'ql'`,
    }));
    expect((await ask(replica, "BatchExecuteStatement", { Statements })).Responses).toMatchObject([
      { TableName: "orders", Item: key("ql") },
      { Error: { Code: "ResourceNotFound" } },
    ]);
  });

  test("gets and loses an index in both regions, with its attribute", async () => {
    const attributes = async (region: string) =>
      (await ask(region, "DescribeTable", names)).Table.AttributeDefinitions.map(
        ({ AttributeName }: { AttributeName: string }) => AttributeName,
      ).sort();
    await ask(replica, "UpdateTable", {
      ...names,
      AttributeDefinitions: [attribute("email")],
      GlobalSecondaryIndexUpdates: [{ Create: index("by-email", "email") }],
    });
    expect(await attributes(home)).toEqual(["email", "id", "state"]);
    await ask(home, "UpdateTable", {
      ...names,
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-email" } }],
    });
    expect(await attributes(replica)).toEqual(["id", "state"]);
  });

  test("tells of its changes in both regions, from when it got a stream", async () => {
    await ask(home, "PutItem", { ...names, Item: key("told") });
    for (const region of [home, replica]) {
      const [{ StreamArn }] = (await ask(region, "ListStreams", names)).Streams;
      const { Shards } = (await ask(region, "DescribeStream", { StreamArn })).StreamDescription;
      const shard = { StreamArn, ShardId: Shards[0].ShardId, ShardIteratorType: "TRIM_HORIZON" };
      const { ShardIterator } = await ask(region, "GetShardIterator", shard);
      const { Records } = await ask(region, "GetRecords", { ShardIterator });
      expect(Records.at(-1)).toMatchObject({
        awsRegion: region,
        dynamodb: { StreamViewType: "NEW_AND_OLD_IMAGES", NewImage: key("told") },
      });
    }
  });

  test("is reached by a function with the session of its role, in its own region", async () => {
    await ask(home, "PutItem", { ...names, Item: key("function") });
    const code = `exports.handler = async () => {
      const { AWS_ACCESS_KEY_ID: id, AWS_ENDPOINT_URL: url, AWS_REGION: region } = process.env;
      const scope = [id, "20260101", region, "dynamodb", "aws4_request"].join("/");
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          authorization: "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0",
          "x-amz-target": "DynamoDB_20120810.GetItem",
        },
        body: JSON.stringify({ TableName: "orders", Key: { id: { S: "function" } } }),
      });
      return answer.json();
    };`;
    const lambda = (path: string, body: object) =>
      sandboxRequest({
        ...{ endpoint: sandbox.endpoint, service: "lambda", region: replica, method: "POST", path },
        body: JSON.stringify(body),
        credentials: accountCredentials(account),
      });
    await lambda("/2015-03-31/functions", {
      ...{ FunctionName: "reader", Runtime: "nodejs22.x", Handler: "index.handler" },
      Role: `arn:aws:iam::${account}:role/reader`,
      Code: { ZipFile: zip({ "index.js": code }) },
    });
    const { text } = await lambda("/2015-03-31/functions/reader/invocations", {});
    expect(JSON.parse(text)).toEqual({ Item: key("function") });
  });

  test("goes with its replica first, and leaves nothing", async () => {
    expect((await ask(home, "DeleteTable", names)).__type).toBe("ValidationException");
    await ask(home, "UpdateTable", { ...names, ReplicaUpdates: [{ Delete: { RegionName: replica } }] });
    while ((await ask(home, "DescribeTable", names)).Table.Replicas) await sleep(100);
    await ask(home, "DeleteTable", names);
    expect(await ask(home, "ListTables", {})).toEqual({ TableNames: [] });
    expect(await ask(replica, "ListTables", {})).toEqual({ TableNames: ["audit"] });
  });
});
