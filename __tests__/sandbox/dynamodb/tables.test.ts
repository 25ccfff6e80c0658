import { account, create, home, orders, replica, testDynamoDb } from "./support";

const index = {
  IndexName: "by-state",
  KeySchema: [{ AttributeName: "state", KeyType: "HASH" }],
  Projection: { ProjectionType: "ALL" },
};
const state = { AttributeName: "state", AttributeType: "S" };
const arn = `arn:aws:dynamodb:${home}:${account}:table/orders`;

it("shows a table as its own region's, and none of moto's names", async () => {
  const { ask, describe } = testDynamoDb();
  await ask(home)("CreateTable", {
    ...orders,
    AttributeDefinitions: [...orders.AttributeDefinitions, state],
    GlobalSecondaryIndexes: [index],
    TableClass: "STANDARD_INFREQUENT_ACCESS",
  });
  const table = await describe(home);
  expect(table).toMatchObject({
    TableName: "orders",
    TableArn: arn,
    TableStatus: "ACTIVE",
    CreationDateTime: Date.parse("2026-01-01T00:00:00Z") / 1000,
    DeletionProtectionEnabled: false,
    TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
    GlobalSecondaryIndexes: [{ IndexArn: `${arn}/index/by-state` }],
  });
  for (const absent of ["Replicas", "GlobalTableVersion", "LatestStreamArn", "SSEDescription"]) {
    expect(table).not.toHaveProperty(absent);
  }
  expect(table).not.toHaveProperty("LocalSecondaryIndexes");
});

it("keeps tables of one name in two regions, and in two accounts, apart", async () => {
  const { ask, describe } = testDynamoDb();
  const item = (region: string, value?: object) =>
    value
      ? ask(region)("PutItem", { TableName: "orders", Item: { id: { S: "1" }, ...value } })
      : ask(region)("GetItem", { TableName: "orders", Key: { id: { S: "1" } } });
  await ask(home)("CreateTable", orders);
  await ask(replica)("CreateTable", orders);
  await item(home, { in: { S: "home" } });
  await item(replica, { in: { S: "replica" } });
  expect((await item(home)).Item.in).toEqual({ S: "home" });
  expect((await item(replica)).Item.in).toEqual({ S: "replica" });
  expect((await describe(home)).TableId).not.toBe((await describe(replica)).TableId);
  expect(await ask(home, "222222222222")("ListTables")).toEqual({ TableNames: [] });
});

it("refuses a second table of a name, and one with an unfit name", async () => {
  const { ask, error, code } = testDynamoDb();
  await ask(home)("CreateTable", orders);
  expect(await error(home, "CreateTable", orders)).toBe(
    "ResourceInUseException: Table already exists: orders",
  );
  expect(await code(home, "CreateTable", { ...orders, TableName: "o" })).toBe("ValidationException");
});

it("takes an ARN for a name: of its own region and account only", async () => {
  const { ask, code, error } = testDynamoDb();
  await ask(home)("CreateTable", orders);
  await ask(replica)("CreateTable", orders);
  expect((await ask(home)("DescribeTable", { TableName: arn })).Table.TableName).toBe("orders");
  expect(await error(replica, "DescribeTable", { TableName: arn })).toBe(
    `ValidationException: 1 validation error detected: Invalid AWS region in '${arn}'`,
  );
  const foreign = arn.replace(account, "222222222222");
  expect(await code(home, "DescribeTable", { TableName: foreign })).toBe("AccessDeniedException");
});

it("lists tables by name, in pages", async () => {
  const { ask } = testDynamoDb();
  for (const TableName of ["ccc", "aaa", "bbb"]) await ask(home)("CreateTable", { ...orders, TableName });
  expect(await ask(home)("ListTables", { Limit: 2 })).toEqual({
    TableNames: ["aaa", "bbb"],
    LastEvaluatedTableName: "bbb",
  });
  expect(await ask(home)("ListTables", { Limit: 2, ExclusiveStartTableName: "bbb" })).toEqual({
    TableNames: ["ccc"],
  });
});

it("deletes a table once its protection is lifted, which takes a call of its own", async () => {
  const { ask, code, error, motoCalls } = testDynamoDb();
  const protect = { TableName: "orders", DeletionProtectionEnabled: false };
  await ask(home)("CreateTable", { ...orders, DeletionProtectionEnabled: true });
  expect(await error(home, "DeleteTable", { TableName: "orders" })).toBe(
    "ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
  );
  await ask(home)("UpdateTable", protect);
  const { TableDescription } = await ask(home)("DeleteTable", { TableName: "orders" });
  expect(TableDescription.TableStatus).toBe("DELETING");
  expect(await code(home, "DescribeTable", { TableName: "orders" })).toBe("ResourceNotFoundException");
  expect(motoCalls.at(-1)).toMatchObject({ action: "DeleteTable" });
});

it("refuses what is not there, and what is not served", async () => {
  const { code, error } = testDynamoDb();
  expect(await error(home, "DescribeTable", { TableName: "orders" })).toBe(
    "ResourceNotFoundException: Requested resource not found: Table: orders not found",
  );
  expect(await code(home, "UpdateTable", create(replica))).toBe("ResourceNotFoundException");
  expect(await error(home, "CreateGlobalTable", {})).toBe(
    "NotImplemented: the sandbox does not serve dynamodb CreateGlobalTable",
  );
});

it("says what moto refuses, of the table by its own name", async () => {
  const { error } = testDynamoDb();
  expect(await error(home, "CreateTable", { TableName: "orders" })).toBe(
    "ResourceNotFoundException: moto refuses orders",
  );
  expect(await error(home, "DescribeTable", { TableName: "orders" })).toMatch("Table: orders not found");
});

it("wants to know what a stream is to tell", async () => {
  const { code } = testDynamoDb();
  const stream = (StreamSpecification: object) =>
    code(home, "CreateTable", { ...orders, StreamSpecification });
  expect(await stream({ StreamEnabled: true })).toBe("ValidationException");
  expect(await stream({ StreamEnabled: false, StreamViewType: "KEYS_ONLY" })).toBe("ValidationException");
});

it("makes one table only of two calls at once", async () => {
  const { ask } = testDynamoDb();
  const results = await Promise.allSettled([1, 2].map(() => ask(home)("CreateTable", orders)));
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});
