import { account, create, home, orders, replica, testGlobalTable, third } from "./support";

const names = { TableName: "orders" };
const arn = (region: string) => `arn:aws:dynamodb:${region}:${account}:table/orders`;
const recovery = (PointInTimeRecoveryEnabled: boolean, RecoveryPeriodInDays?: number) => ({
  ...names,
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled, RecoveryPeriodInDays },
});

describe("tags", () => {
  it("are those of one region, and of a table from its beginning", async () => {
    const { ask, error } = await testGlobalTable({ Tags: [{ Key: "a", Value: "1" }] });
    const tags = async (region: string) =>
      (await ask(region)("ListTagsOfResource", { ResourceArn: arn(region) })).Tags;
    expect(await tags(home)).toEqual([{ Key: "a", Value: "1" }]);
    expect(await tags(replica)).toEqual([]);
    const [a, b] = [
      { Key: "a", Value: "2" },
      { Key: "b", Value: "3" },
    ];
    for (const tag of [a, b]) await ask(home)("TagResource", { ResourceArn: arn(home), Tags: [tag] });
    expect(await tags(home)).toEqual([a, b]);
    await ask(home)("UntagResource", { ResourceArn: arn(home), TagKeys: ["a"] });
    expect(await tags(home)).toEqual([b]);
    expect(await error(home, "ListTagsOfResource", { ResourceArn: arn(replica) })).toBe(
      `ValidationException: Invalid TableArn: Invalid ResourceArn provided as input ${arn(replica)}`,
    );
    expect(await error(third, "ListTagsOfResource", { ResourceArn: arn(third) })).toMatch(
      /^ResourceNotFoundException/,
    );
  });

  it("are fifty at most, and of an ARN", async () => {
    const { code } = await testGlobalTable();
    const Tags = Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: "" }));
    expect(await code(home, "TagResource", { ResourceArn: arn(home), Tags })).toBe("ValidationException");
    expect(await code(home, "TagResource", { ResourceArn: "orders", Tags: [] })).toBe("ValidationException");
  });
});

describe("time to live", () => {
  const ttl = (AttributeName: string, Enabled = true) => ({
    ...names,
    TimeToLiveSpecification: { AttributeName, Enabled },
  });

  it("is the same in all regions, set in any of them, and in those to come", async () => {
    const { ask, pass } = await testGlobalTable();
    const described = async (region: string) =>
      (await ask(region)("DescribeTimeToLive", names)).TimeToLiveDescription;
    expect(await described(home)).toEqual({ TimeToLiveStatus: "DISABLED" });
    await ask(replica)("UpdateTimeToLive", ttl("expiresAt"));
    await ask(home)("UpdateTable", create(third));
    pass(1000);
    const on = { TimeToLiveStatus: "ENABLED", AttributeName: "expiresAt" };
    expect(await Promise.all([home, replica, third].map(described))).toEqual([on, on, on]);
    await ask(home)("UpdateTimeToLive", ttl("expiresAt", false));
    expect(await described(replica)).toEqual({ TimeToLiveStatus: "DISABLED" });
  });

  it("is refused where it is so already, for another attribute while it is on, and without a name", async () => {
    const { ask, error } = await testGlobalTable();
    const refused = (input: object) => error(home, "UpdateTimeToLive", input);
    expect(await refused(ttl("a", false))).toBe("ValidationException: TimeToLive is already disabled");
    await ask(home)("UpdateTimeToLive", ttl("a"));
    expect(await refused(ttl("a"))).toBe("ValidationException: TimeToLive is already enabled");
    expect(await refused(ttl("b"))).toBe(
      "ValidationException: TimeToLive is active on a different AttributeName: current AttributeName is a",
    );
    expect(await refused(ttl("", false))).toBe(
      "ValidationException: 1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  });
});

describe("point-in-time recovery", () => {
  it("is that of one region, with days that last until others are said", async () => {
    const { ask, pass } = await testGlobalTable();
    const described = async (region: string) =>
      (await ask(region)("DescribeContinuousBackups", names)).ContinuousBackupsDescription;
    await ask(home)("UpdateContinuousBackups", recovery(true, 14));
    await ask(home)("UpdateContinuousBackups", recovery(true));
    expect(await described(home)).toMatchObject({
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "ENABLED", RecoveryPeriodInDays: 14 },
    });
    const off = { PointInTimeRecoveryStatus: "DISABLED" };
    expect((await described(replica)).PointInTimeRecoveryDescription).toEqual(off);
    await ask(replica)("UpdateContinuousBackups", recovery(true));
    pass(3_600_000);
    const { EarliestRestorableDateTime, LatestRestorableDateTime, RecoveryPeriodInDays } = (
      await described(replica)
    ).PointInTimeRecoveryDescription;
    expect(RecoveryPeriodInDays).toBe(35);
    expect(LatestRestorableDateTime - EarliestRestorableDateTime).toBe(3600 - 5 * 60);
    await ask(home)("UpdateContinuousBackups", recovery(false));
    expect((await described(home)).PointInTimeRecoveryDescription).toEqual(off);
  });

  it("goes back 1 to 35 days, and none where it is off", async () => {
    const { error } = await testGlobalTable();
    const refused = (enabled: boolean, days: number) =>
      error(home, "UpdateContinuousBackups", recovery(enabled, days));
    expect(await refused(true, 36)).toMatch("Member must have value less than or equal to 35");
    expect(await refused(true, 0)).toMatch("Member must have value greater than or equal to 1");
    expect(await refused(false, 1)).toMatch("Cannot specify RecoveryPeriodInDays when disabling");
  });

  it("calls a table that is not there otherwise than the rest of DynamoDB", async () => {
    const { error } = await testGlobalTable();
    const missing = { TableName: "other" };
    expect(await error(home, "DescribeContinuousBackups", missing)).toBe(
      "TableNotFoundException: Table not found: other",
    );
  });
});

it("leaves moto out of it", async () => {
  const { motoCalls } = await testGlobalTable({ Tags: [{ Key: "a", Value: "1" }] });
  const { input } = motoCalls.find(({ action }) => action === "CreateTable") ?? {};
  expect(Object.keys(input ?? {}).sort()).toEqual([...Object.keys(orders), "StreamSpecification"].sort());
});
