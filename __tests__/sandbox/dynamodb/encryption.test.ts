import { account, create, home, replica, testGlobalTable, third } from "./support";

const key = (region: string, id = "k1") => `arn:aws:kms:${region}:${account}:key/${id}`;
const byCustomer = { SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: key(home) } };
const names = { TableName: "orders" };
const eachReplica =
  "ValidationException: One or more parameter values were invalid: KMSMasterKeyId must be specified for each replica.";

it("is by a key that nobody sees, unless one is asked for", async () => {
  const { describe, error } = await testGlobalTable();
  expect(await describe(replica)).not.toHaveProperty("SSEDescription");
  expect(await error(home, "UpdateTable", create(third, { KMSMasterKeyId: key(third) }))).toBe(eachReplica);
});

it("is by a customer's key of the region in each region, shown as an ARN", async () => {
  const { describe } = await testGlobalTable(byCustomer, { KMSMasterKeyId: "k2" });
  expect((await describe(home)).SSEDescription).toEqual({
    Status: "ENABLED",
    SSEType: "KMS",
    KMSMasterKeyArn: key(home),
  });
  expect((await describe(home)).Replicas[0].KMSMasterKeyId).toBe(key(replica, "k2"));
  expect((await describe(replica)).SSEDescription.KMSMasterKeyArn).toBe(key(replica, "k2"));
  expect((await describe(replica)).Replicas[0].KMSMasterKeyId).toBe(key(home));
});

it("wants a key of the same kind for a new replica, and of its region", async () => {
  const { error } = await testGlobalTable(byCustomer, { KMSMasterKeyId: key(replica) });
  const refused = (parameters: object) => error(home, "UpdateTable", create(third, parameters));
  expect(await refused({})).toBe(eachReplica);
  expect(await refused({ KMSMasterKeyId: "alias/aws/dynamodb" })).toMatch("must either be Customer Managed");
  expect(await refused({ KMSMasterKeyId: key(home) })).toMatch(
    "KMS validation error for region eu-north-1: com.amazonaws.services.kms.model.NotFoundException: Invalid arn eu-central-1",
  );
});

it("is turned to AWS's key of each region at once, and back", async () => {
  const { ask, describe } = await testGlobalTable();
  await ask(replica)("UpdateTable", { ...names, SSESpecification: { Enabled: true } });
  const { KMSMasterKeyArn } = (await describe(home)).SSEDescription;
  expect(KMSMasterKeyArn).toMatch(`arn:aws:kms:${home}:${account}:key/`);
  expect((await describe(replica)).SSEDescription.KMSMasterKeyArn).toMatch(`arn:aws:kms:${replica}:`);
  await ask(home)("UpdateTable", { ...names, SSESpecification: { Enabled: false } });
  expect(await describe(replica)).not.toHaveProperty("SSEDescription");
});

it("is changed to other keys of a customer's in one region, or in all of them", async () => {
  const { ask, describe, error } = await testGlobalTable(byCustomer, { KMSMasterKeyId: key(replica) });
  const other = { Enabled: true, KMSMasterKeyId: key(replica, "k3") };
  await ask(replica)("UpdateTable", { ...names, SSESpecification: other });
  expect((await describe(home)).Replicas[0].KMSMasterKeyId).toBe(key(replica, "k3"));
  expect((await describe(home)).SSEDescription.KMSMasterKeyArn).toBe(key(home));
  const change = (regions: readonly string[]) => ({
    ...names,
    ReplicaUpdates: regions.map((RegionName) => ({
      Update: { RegionName, KMSMasterKeyId: key(RegionName, "k4") },
    })),
  });
  expect(await error(home, "UpdateTable", change([replica]))).toBe(eachReplica);
  await ask(home)("UpdateTable", change([replica, home]));
  expect((await describe(home)).SSEDescription.KMSMasterKeyArn).toBe(key(home, "k4"));
  expect((await describe(replica)).SSEDescription.KMSMasterKeyArn).toBe(key(replica, "k4"));
});

it("does not go from a key that nobody sees to a customer's in one region alone", async () => {
  const { error } = await testGlobalTable();
  expect(await error(home, "UpdateTable", { ...names, ...byCustomer })).toBe(eachReplica);
});

it("refuses a specification that contradicts itself", async () => {
  const { code } = await testGlobalTable();
  const refused = (more: object) =>
    code(home, "UpdateTable", { ...names, SSESpecification: { Enabled: false, ...more } });
  expect(await refused({ SSEType: "KMS" })).toBe("ValidationException");
  expect(await refused({ KMSMasterKeyId: key(home) })).toBe("ValidationException");
});
