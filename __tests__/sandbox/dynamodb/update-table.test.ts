import { create, home, orders, replica, testDynamoDb, testGlobalTable } from "./support";

const names = { TableName: "orders" };
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" });
const index = (name: string, key: string) => ({
  IndexName: name,
  KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
  Projection: { ProjectionType: "ALL" },
});
const make = (name: string, key: string) => ({ Create: index(name, key) });
const only = "ValidationException: One or more parameter values were invalid: ";

async function regional(more: object = {}) {
  const dynamoDb = testDynamoDb();
  await dynamoDb.ask(home)("CreateTable", { ...orders, ...more });
  return dynamoDb;
}

/** Index names as a region shows them, and the attributes that are defined. */
async function schemaOf({ describe }: ReturnType<typeof testDynamoDb>, region: string) {
  const { AttributeDefinitions, GlobalSecondaryIndexes = [] } = await describe(region);
  return {
    indexes: GlobalSecondaryIndexes.map(({ IndexName }: { IndexName: string }) => IndexName),
    attributes: AttributeDefinitions.map(({ AttributeName }: { AttributeName: string }) => AttributeName),
  };
}

describe("an index", () => {
  it("is made in all regions, asked for in any, and its attributes go with it", async () => {
    const dynamoDb = await testGlobalTable();
    await dynamoDb.ask(replica)("UpdateTable", {
      ...names,
      AttributeDefinitions: [attribute("state"), attribute("unused")],
      GlobalSecondaryIndexUpdates: [make("by-state", "state")],
    });
    const made = { indexes: ["by-state"], attributes: ["id", "state"] };
    expect(await schemaOf(dynamoDb, home)).toEqual(made);
    expect(await schemaOf(dynamoDb, replica)).toEqual(made);
    expect((await dynamoDb.describe(home)).Replicas[0].GlobalSecondaryIndexes).toEqual([
      { IndexName: "by-state" },
    ]);
    await dynamoDb.ask(home)("UpdateTable", {
      ...names,
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-state" } }],
    });
    expect(await schemaOf(dynamoDb, replica)).toEqual({ indexes: [], attributes: ["id"] });
  });

  it("is the only one that is made or deleted in a call", async () => {
    const { error } = await regional();
    const GlobalSecondaryIndexUpdates = [make("by-a", "a"), make("by-b", "b")];
    const AttributeDefinitions = [attribute("a"), attribute("b")];
    expect(
      await error(home, "UpdateTable", { ...names, AttributeDefinitions, GlobalSecondaryIndexUpdates }),
    ).toBe(
      "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
  });

  it("has a name and attributes that are known, or is refused", async () => {
    const { ask, error } = await regional();
    const update = (change: object) => ({ ...names, GlobalSecondaryIndexUpdates: [change] });
    expect(await error(home, "UpdateTable", update(make("by-state", "state")))).toBe(
      `${only}Some index key attributes are not defined in AttributeDefinitions. Keys: [state], AttributeDefinitions: [id]`,
    );
    expect(await error(home, "UpdateTable", update({ Delete: { IndexName: "by-state" } }))).toMatch(
      /^ResourceNotFoundException: .*Index by-state for table/,
    );
    await ask(home)("UpdateTable", update(make("by-id", "id")));
    expect(await error(home, "UpdateTable", update(make("by-id", "id")))).toBe(
      "ValidationException: Attempting to create an index which already exists",
    );
  });
});

it.each([
  ["SSESpecification", { Enabled: true }, "Server-Side Encryption modification"],
  ["TableClass", "STANDARD", "TableClass modification"],
  ["DeletionProtectionEnabled", true, "DeletionProtection modification"],
])("%s takes a call of its own", async (member, value, what) => {
  const { error } = await regional();
  const input = { ...names, [member]: value, BillingMode: "PAY_PER_REQUEST" };
  expect(await error(home, "UpdateTable", input)).toBe(
    `${only}${what} must be the only operation in the request`,
  );
});

it("does not change capacity, the stream and indexes together, nor nothing at all", async () => {
  const { error } = await regional();
  const GlobalSecondaryIndexUpdates = [make("by-id", "id")];
  const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
  const StreamSpecification = { StreamEnabled: false };
  const refused = (changes: object) => error(home, "UpdateTable", { ...names, ...changes });
  expect(await refused({ GlobalSecondaryIndexUpdates, ProvisionedThroughput })).toMatch(
    "updating table IOPS",
  );
  expect(await refused({ GlobalSecondaryIndexUpdates, StreamSpecification })).toMatch(
    "changing stream status",
  );
  expect(await refused({ StreamSpecification, ProvisionedThroughput })).toMatch("modify stream status");
  expect(await refused({ AttributeDefinitions: [] })).toMatch(/^ValidationException: At least one of/);
});

it("refuses what would be forgotten", async () => {
  const { error } = await regional();
  const refused = (action: string, input: object) => error(home, action, { ...names, ...input });
  expect(await refused("UpdateTable", { OnDemandThroughput: { MaxReadRequestUnits: 1 } })).toBe(
    "NotImplemented: the sandbox does not serve dynamodb UpdateTable with OnDemandThroughput",
  );
  const strong = { ...create(replica), MultiRegionConsistency: "STRONG" };
  expect(await refused("UpdateTable", strong)).toMatch(/^NotImplemented: .* MultiRegionConsistency/);
  const capped = { ...orders, TableName: "other", OnDemandThroughput: { MaxReadRequestUnits: 1 } };
  expect(await refused("CreateTable", capped)).toMatch(
    /^NotImplemented: .* CreateTable with OnDemandThroughput/,
  );
});

it("hands on what moto keeps of capacity", async () => {
  const { ask, motoCalls } = await regional();
  const WarmThroughput = { ReadUnitsPerSecond: 13_000, WriteUnitsPerSecond: 5_000 };
  await ask(home)("UpdateTable", { ...names, WarmThroughput });
  expect(motoCalls.at(-1)?.input).toMatchObject({ WarmThroughput });
});

it("changes the capacity of all regions", async () => {
  const { ask, describe } = await testGlobalTable();
  await ask(replica)("UpdateTable", { ...names, BillingMode: "PROVISIONED" });
  expect((await describe(home)).BillingModeSummary).toEqual({ BillingMode: "PROVISIONED" });
});

it("keeps the class of a table apart, unless the first region says it", async () => {
  const { ask, describe } = await testGlobalTable();
  await ask(replica)("UpdateTable", { ...names, TableClass: "STANDARD_INFREQUENT_ACCESS" });
  expect(await describe(home)).not.toHaveProperty("TableClassSummary");
  await ask(home)("UpdateTable", { ...names, TableClass: "STANDARD" });
  expect((await describe(replica)).TableClassSummary.TableClass).toBe("STANDARD");
});

describe("a stream", () => {
  const stream = (StreamSpecification: object) => ({ ...names, StreamSpecification });

  it("is turned on, off and on again, and shown after it was turned off", async () => {
    const { ask, describe, error, pass } = await regional();
    await ask(home)("UpdateTable", stream({ StreamEnabled: true, StreamViewType: "KEYS_ONLY" }));
    const { LatestStreamArn } = await describe(home);
    expect(
      await error(home, "UpdateTable", stream({ StreamEnabled: true, StreamViewType: "NEW_IMAGE" })),
    ).toBe("ValidationException: Table already has an enabled stream: TableName: orders");
    await ask(home)("UpdateTable", stream({ StreamEnabled: false }));
    const off = await describe(home);
    expect(off.LatestStreamArn).toBe(LatestStreamArn);
    expect(off).not.toHaveProperty("StreamSpecification");
    expect(await error(home, "UpdateTable", stream({ StreamEnabled: false }))).toBe(
      "ValidationException: Table has no stream to disable: TableName: orders",
    );
    pass(1);
    await ask(home)("UpdateTable", stream({ StreamEnabled: true, StreamViewType: "NEW_IMAGE" }));
    const on = await describe(home);
    expect(on.StreamSpecification.StreamViewType).toBe("NEW_IMAGE");
    expect(on.LatestStreamArn).not.toBe(LatestStreamArn);
  });

  it("stays on while there are replicas, in each of them", async () => {
    const { error } = await testGlobalTable();
    for (const region of [home, replica]) {
      expect(await error(region, "UpdateTable", stream({ StreamEnabled: false }))).toBe(
        `${only}Disabling Stream is not allowed for a Global Table replica.`,
      );
    }
  });

  it("has to say what it tells", async () => {
    const { code } = await regional();
    expect(await code(home, "UpdateTable", stream({ StreamEnabled: true }))).toBe("ValidationException");
  });
});

it("is refused for a table of another region", async () => {
  const { code } = await regional();
  expect(await code(replica, "UpdateTable", create(home))).toBe("ResourceNotFoundException");
});
