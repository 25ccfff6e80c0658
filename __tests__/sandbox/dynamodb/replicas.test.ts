import {
  account,
  create,
  home,
  orders,
  remove,
  replica,
  testDynamoDb,
  testGlobalTable,
  third,
} from "./support";

const alreadyThere =
  "ValidationException: Failed to create a the new replica of table with name: ‘orders’ because one or more replicas already existed as tables.";
const isSource =
  "ValidationException: Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the last 24 hours.";
const inUse = "ResourceInUseException: The resource which you are attempting to change is in use.";
const names = { TableName: "orders" };

/** A table without replicas. */
async function regional(more: object = {}) {
  const dynamoDb = testDynamoDb();
  await dynamoDb.ask(home)("CreateTable", { ...orders, ...more });
  return dynamoDb;
}

describe("a replica that is made", () => {
  it("is CREATING for a while, in the middle of which it answers DescribeTable only", async () => {
    const { ask, code, describe, pass } = await regional();
    const { TableDescription } = await ask(home)("UpdateTable", create(replica));
    expect(TableDescription).toMatchObject({ TableStatus: "UPDATING" });
    expect(TableDescription).not.toHaveProperty("Replicas");
    expect(await describe(home)).toMatchObject({
      TableStatus: "UPDATING",
      Replicas: [{ RegionName: replica, ReplicaStatus: "CREATING" }],
    });
    expect(await describe(replica)).toMatchObject({
      TableStatus: "CREATING",
      Replicas: [{ RegionName: home, ReplicaStatus: "ACTIVE" }],
    });
    const get = { ...names, Key: { id: { S: "1" } } };
    expect(await code(replica, "GetItem", get)).toBe("ResourceNotFoundException");
    expect(await code(replica, "DescribeTimeToLive", names)).toBe("ResourceNotFoundException");
    expect(await code(replica, "DescribeContinuousBackups", names)).toBe("TableNotFoundException");
    pass(1000);
    expect(await ask(replica)("GetItem", get)).toEqual({});
  });

  it("is listed in the other regions, with the version of global tables, and not in its own", async () => {
    const { ask, describe, pass } = await testGlobalTable();
    await ask(home)("UpdateTable", create(third));
    pass(1000);
    const regions = async (region: string) => {
      const { GlobalTableVersion, Replicas, TableArn, TableStatus } = await describe(region);
      expect(GlobalTableVersion).toBe("2019.11.21");
      expect(TableStatus).toBe("ACTIVE");
      expect(TableArn).toBe(`arn:aws:dynamodb:${region}:${account}:table/orders`);
      return Replicas.map(({ RegionName }: { RegionName: string }) => RegionName);
    };
    expect(await regions(home)).toEqual([replica, third]);
    expect(await regions(replica)).toEqual([home, third]);
    expect(await regions(third)).toEqual([home, replica]);
    expect(await ask(third)("ListTables")).toEqual({ TableNames: ["orders"] });
  });

  it("has a day of creation and an id of its own", async () => {
    const { ask, describe, pass } = await regional();
    pass(60_000);
    await ask(home)("UpdateTable", create(replica));
    const [first, second] = [await describe(home), await describe(replica)];
    expect(second.CreationDateTime - first.CreationDateTime).toBe(60);
    expect(second.TableId).not.toBe(first.TableId);
  });

  it("turns on a stream with both images, unless the table has one", async () => {
    const { describe } = await testGlobalTable();
    const both = { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" };
    expect((await describe(home)).StreamSpecification).toEqual(both);
    const arn = (await describe(replica)).LatestStreamArn;
    expect(arn).toMatch(`arn:aws:dynamodb:${replica}:${account}:table/orders/stream/2026-01-01T00:00:00.000`);
    const keys = await testGlobalTable({
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    });
    expect((await keys.describe(replica)).StreamSpecification.StreamViewType).toBe("KEYS_ONLY");
  });

  it("may be asked for in any region that has one", async () => {
    const { ask, describe, pass } = await testGlobalTable();
    await ask(replica)("UpdateTable", create(third));
    pass(1000);
    expect((await describe(home)).Replicas).toHaveLength(2);
  });

  it("has the table's class, or another one", async () => {
    const { ask, describe, pass } = await testGlobalTable({ TableClass: "STANDARD_INFREQUENT_ACCESS" });
    expect((await describe(replica)).TableClassSummary.TableClass).toBe("STANDARD_INFREQUENT_ACCESS");
    await ask(home)("UpdateTable", create(third, { TableClassOverride: "STANDARD" }));
    pass(1000);
    expect((await describe(home)).Replicas[1].ReplicaTableClassSummary.TableClass).toBe("STANDARD");
  });

  it("is refused where a table of the name is, be it a replica or not", async () => {
    const { ask, error } = await testGlobalTable();
    await ask(third)("CreateTable", orders);
    expect(await error(home, "UpdateTable", create(replica))).toBe(alreadyThere);
    expect(await error(home, "UpdateTable", create(third))).toBe(alreadyThere);
  });

  it("is refused in the region that is asked, in none, and in one that is down", async () => {
    const { down, error } = await regional();
    expect(await error(home, "UpdateTable", create(home))).toMatch(
      /^ValidationException: Cannot add or delete the local region/,
    );
    expect(await error(home, "UpdateTable", create("EU-WEST-1"))).toMatch(
      /^ValidationException: Region EU-WEST-1 is not supported/,
    );
    down.add(replica);
    expect(await error(home, "UpdateTable", create(replica))).toMatch(
      /^ValidationException: Failed to access the region: ‘eu-west-1’/,
    );
  });

  it("is refused for a table with provisioned capacity", async () => {
    const { error } = await regional({ BillingMode: "PROVISIONED" });
    expect(await error(home, "UpdateTable", create(replica))).toBe(
      "ValidationException: Table write capacity should either be Pay-Per-Request or AutoScaled.",
    );
  });
});

describe("one change of replicas", () => {
  it("is the only one in its call", async () => {
    const { error } = await testGlobalTable();
    const update = (ReplicaUpdates: readonly object[], more: object = {}) =>
      error(home, "UpdateTable", { ...names, ReplicaUpdates, ...more });
    const [made, gone] = [{ Create: { RegionName: third } }, { Delete: { RegionName: replica } }];
    expect(await update([made, { Create: { RegionName: "us-east-1" } }])).toBe(
      "ValidationException: Update table operation with more than one create or delete replica actions not allowed",
    );
    expect(await update([made, gone])).toBe(
      "ValidationException: Update table operation with more than one type of replica actions not allowed",
    );
    expect(await update([made], { DeletionProtectionEnabled: true })).toBe(
      "ValidationException: One or more parameter values were invalid: Replica modification must be the only operation in the request",
    );
  });

  it("is over before the next one begins", async () => {
    const { ask, error } = await testGlobalTable();
    await ask(home)("UpdateTable", create(third));
    expect(await error(home, "UpdateTable", create("us-east-1"))).toBe(inUse);
    expect(await error(home, "UpdateTable", remove(replica))).toBe(inUse);
    expect(await error(replica, "UpdateTable", { ...names, DeletionProtectionEnabled: true })).toBe(inUse);
    await ask(home)("TagResource", {
      ResourceArn: `arn:aws:dynamodb:${home}:${account}:table/orders`,
      Tags: [{ Key: "a", Value: "b" }],
    });
  });
});

describe("a replica that is deleted", () => {
  it("goes after a while, and leaves a table like any other, with its stream", async () => {
    const { ask, code, describe, error, pass } = await testGlobalTable();
    const { TableDescription } = await ask(home)("UpdateTable", remove(replica));
    expect(TableDescription.TableStatus).toBe("UPDATING");
    expect((await describe(home)).Replicas).toMatchObject([{ ReplicaStatus: "DELETING" }]);
    expect((await describe(replica)).TableStatus).toBe("DELETING");
    expect(await error(home, "UpdateTable", create(replica))).toBe(alreadyThere);
    pass(1000);
    const table = await describe(home);
    expect(table).not.toHaveProperty("Replicas");
    expect(table).not.toHaveProperty("GlobalTableVersion");
    expect(table.StreamSpecification.StreamEnabled).toBe(true);
    expect(await code(replica, "DescribeTable", names)).toBe("ResourceNotFoundException");
    await ask(home)("UpdateTable", create(replica));
  });

  it("may be deleted as a table in its own region", async () => {
    const { ask, describe, pass } = await testGlobalTable();
    const { TableDescription } = await ask(replica)("DeleteTable", names);
    expect(TableDescription).toMatchObject({ TableStatus: "DELETING", Replicas: [{ RegionName: home }] });
    pass(1000);
    expect(await describe(home)).not.toHaveProperty("Replicas");
  });

  it("stays while it is protected, which is said in its own region", async () => {
    const { ask, describe, error } = await testGlobalTable();
    await ask(replica)("UpdateTable", { ...names, DeletionProtectionEnabled: true });
    expect((await describe(home)).DeletionProtectionEnabled).toBe(false);
    const refused =
      "ValidationException: Cannot delete table orders in region eu-west-1 because it has deletion protection enabled. Disable deletion protection first.";
    expect(await error(home, "UpdateTable", remove(replica))).toBe(refused);
    expect(await error(replica, "DeleteTable", names)).toBe(refused);
  });

  it("goes after those that were made from it: the first table is the last", async () => {
    const { ask, error, pass } = await testGlobalTable();
    await ask(replica)("UpdateTable", create(third));
    pass(1000);
    expect(await error(home, "DeleteTable", names)).toBe(isSource);
    expect(await error(home, "UpdateTable", remove(replica))).toBe(isSource);
    expect(await error(replica, "UpdateTable", remove(home))).toBe(isSource);
    for (const region of [third, replica]) {
      await ask(home)("UpdateTable", remove(region));
      pass(1000);
    }
    await ask(home)("DeleteTable", names);
    expect(await ask(home)("ListTables")).toEqual({ TableNames: [] });
  });

  it("has to be one", async () => {
    const { error } = await testGlobalTable();
    expect(await error(home, "UpdateTable", remove(third))).toBe(
      "ValidationException: Update global table operation failed because one or more replicas were not part of the global table. Please retry the request without these replicas: [eu-north-1].",
    );
  });
});

describe("settings of a replica", () => {
  const update = (parameters: object) => ({ ...names, ReplicaUpdates: [{ Update: parameters }] });

  it("are changed from another region", async () => {
    const { ask, describe } = await testGlobalTable();
    const TableClassOverride = "STANDARD_INFREQUENT_ACCESS";
    await ask(home)("UpdateTable", update({ RegionName: replica, TableClassOverride }));
    expect((await describe(replica)).TableClassSummary.TableClass).toBe(TableClassOverride);
    expect(await describe(home)).not.toHaveProperty("TableClassSummary");
  });

  it("are refused where there is nothing to change, no replica, and no capacity to set", async () => {
    const { error } = await testGlobalTable();
    const refused = (parameters: object) => error(home, "UpdateTable", update(parameters));
    expect(await refused({ RegionName: replica })).toBe(
      "ValidationException: There are no actions specified in the Replica Update Action of the request.",
    );
    expect(await refused({ RegionName: third, TableClassOverride: "STANDARD" })).toMatch("[eu-north-1]");
    const ProvisionedThroughputOverride = { ReadCapacityUnits: 1 };
    expect(await refused({ RegionName: replica, ProvisionedThroughputOverride })).toBe(
      "ValidationException: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
    expect(await refused({ RegionName: replica, OnDemandThroughputOverride: {} })).toMatch(/^NotImplemented/);
  });
});
