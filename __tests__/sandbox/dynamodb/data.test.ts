import { account, home, orders, replica, testDynamoDb, testGlobalTable, third } from "./support";

const item = (id: string, more: object = {}) => ({ id: { S: id }, ...more });
const names = { TableName: "orders" };
const arn = `arn:aws:dynamodb:${replica}:${account}:table/orders`;

it("is the same in all regions, written in any of them", async () => {
  const { ask } = await testGlobalTable();
  await ask(replica)("PutItem", { ...names, Item: item("1") });
  expect(await ask(home)("GetItem", { ...names, Key: item("1") })).toEqual({ Item: item("1") });
});

it("needs no region but the one that is asked: moto keeps all in one", async () => {
  const { ask, motoCalls } = await testGlobalTable();
  await ask(replica)("PutItem", { ...names, Item: item("1") });
  await ask(home)("PutItem", { ...names, Item: item("2") });
  expect(new Set(motoCalls.map(({ region }) => region))).toEqual(new Set(["us-east-1"]));
});

it("is not there in a region without a replica", async () => {
  const { code } = await testGlobalTable();
  expect(await code(third, "PutItem", { ...names, Item: item("1") })).toBe("ResourceNotFoundException");
});

it("calls a table in its answers as the caller does", async () => {
  const { ask } = await testGlobalTable();
  const capacity = async (TableName: string) =>
    (await ask(replica)("PutItem", { TableName, Item: item("1") })).ConsumedCapacity;
  expect(await capacity("orders")).toEqual({ TableName: "orders" });
  expect(await capacity(arn)).toEqual({ TableName: arn });
  expect(await ask(replica)("BatchGetItem", { RequestItems: { [arn]: { Keys: [item("1")] } } })).toEqual({
    Responses: { [arn]: [item("1")] },
  });
});

it("drops moto's checksum, which is that of another answer", async () => {
  const { handle } = await testGlobalTable();
  const { headers } = await handle({
    ...{ method: "POST", host: "127.0.0.1", path: "/", service: "dynamodb", region: home, account },
    headers: { "x-amz-target": "DynamoDB_20120810.PutItem" },
    body: Buffer.from(JSON.stringify({ ...names, Item: item("1") })),
  });
  expect(headers).not.toHaveProperty("x-amz-crc32");
});

it("is written in one transaction to tables that are made in different regions", async () => {
  const { ask, motoCalls } = await testGlobalTable();
  await ask(replica)("CreateTable", { ...orders, TableName: "audit" });
  await ask(replica)("TransactWriteItems", {
    TransactItems: ["orders", "audit"].map((TableName) => ({ Put: { TableName, Item: item("1") } })),
  });
  expect(motoCalls.filter(({ action }) => action === "TransactWriteItems")).toHaveLength(1);
  for (const TableName of ["orders", "audit"]) {
    expect(await ask(replica)("GetItem", { TableName, Key: item("1") })).toEqual({ Item: item("1") });
  }
});

it("is written by one at a time: moto takes back what others wrote during a transaction that it cancels", async () => {
  const { ask, busiest } = await testGlobalTable();
  await Promise.all(["1", "2", "3"].map((id) => ask(home)("PutItem", { ...names, Item: item(id) })));
  expect(busiest()).toBe(1);
});

it("is not written at all where one of the tables is not there", async () => {
  const { ask, code } = await testGlobalTable();
  const puts = ["orders", "audit"].map((TableName) => ({ Put: { TableName, Item: item("1") } }));
  expect(await code(home, "TransactWriteItems", { TransactItems: puts })).toBe("ResourceNotFoundException");
  expect(await ask(home)("GetItem", { ...names, Key: item("1") })).toEqual({});
});

describe("PartiQL", () => {
  it.each([`SELECT * FROM "orders" WHERE id = '1'`, "select id from orders", `SELECT * FROM "${arn}"`])(
    "finds the table in %s",
    async (Statement) => {
      const { ask } = await testGlobalTable();
      await ask(home)("PutItem", { ...names, Item: item("1") });
      expect(await ask(replica)("ExecuteStatement", { Statement })).toEqual({ Items: [item("1")] });
    },
  );

  it.each([
    [`INSERT INTO "orders" VALUE {'id': '1'}`, /^INSERT INTO t\w{32} VALUE \{'id': '1'\}$/],
    [`UPDATE "orders" SET a = 1 WHERE id = '1'`, /^UPDATE t\w{32} SET a = 1 WHERE id = '1'$/],
    ["DELETE FROM orders WHERE id = '1'", /^DELETE FROM t\w{32} WHERE id = '1'$/],
  ])("hands on %s", async (Statement, handedOn) => {
    const { ask, motoCalls } = await testGlobalTable();
    await ask(home)("ExecuteStatement", { Statement });
    expect(motoCalls.at(-1)?.input.Statement).toMatch(handedOn);
  });

  it("lets a statement of several about a table that is not there fail by itself", async () => {
    const { ask, motoCalls } = await testGlobalTable();
    const Statements = ["other", "orders"].map((table) => ({ Statement: `SELECT * FROM "${table}"` }));
    // This moto knows no such operation; what matters is what it is asked.
    await ask(home)("BatchExecuteStatement", { Statements }).catch(() => {});
    expect(motoCalls.at(-1)?.input.Statements).toEqual([
      { Statement: "SELECT * FROM other" },
      { Statement: expect.stringMatching(/^SELECT \* FROM t\w{32}$/) },
    ]);
  });

  it("refuses what names no table, one that is not there, and an index", async () => {
    const { code } = await testGlobalTable();
    const refused = (Statement: string) => code(home, "ExecuteStatement", { Statement });
    expect(await refused("SELECT")).toBe("ValidationException");
    expect(await refused('SELECT * FROM "other"')).toBe("ResourceNotFoundException");
    expect(await refused('SELECT * FROM "orders"."by-state"')).toBe("NotImplemented");
  });
});

it("refuses a body that is no object", async () => {
  const { handle } = testDynamoDb();
  const call = handle({
    ...{ method: "POST", host: "127.0.0.1", path: "/", service: "dynamodb", region: home, account },
    headers: { "x-amz-target": "DynamoDB_20120810.PutItem" },
    body: Buffer.from("[]"),
  });
  await expect(call).rejects.toMatchObject({ code: "SerializationException" });
});
