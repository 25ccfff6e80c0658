import { createIdentityCenter } from "../../../sandbox/identity-center/identity-center";
import { codeOf, errorOf, jsonClient, managementId } from "../clients";

async function center() {
  const { sso, identityStore } = createIdentityCenter();
  const call = jsonClient(sso.handle, "sso");
  const store = jsonClient(identityStore.handle, "identitystore");
  const [instance] = (await call("ListInstances")).Instances;
  const InstanceArn: string = instance.InstanceArn;
  const create = (input: object) => call("CreatePermissionSet", { InstanceArn, ...input });
  const made = async (Name: string) => (await create({ Name })).PermissionSet.PermissionSetArn as string;
  const on =
    (PermissionSetArn: string) =>
    (action: string, input: object = {}) =>
      call(action, { InstanceArn, PermissionSetArn, ...input });
  const group = async (DisplayName: string) =>
    (await store("CreateGroup", { IdentityStoreId: instance.IdentityStoreId, DisplayName }))
      .GroupId as string;
  return { call, instance, create, made, on, group, sso };
}

const assignment = (PrincipalId: string) => ({
  TargetId: "222222222222",
  TargetType: "AWS_ACCOUNT",
  PrincipalType: "GROUP",
  PrincipalId,
});
const policy = (name: string | number) => ({ ManagedPolicyArn: `arn:aws:iam::aws:policy/${name}` });

test("every account has one instance of its own", async () => {
  const { sso, instance } = await center();
  expect(instance).toMatchObject({ OwnerAccountId: managementId, Status: "ACTIVE" });
  expect(instance.InstanceArn).toMatch(/^arn:aws:sso:::instance\/ssoins-[0-9a-f]{16}$/);
  expect(instance.IdentityStoreId).toMatch(/^d-[0-9a-f]{10}$/);
  const other = jsonClient(sso.handle, "sso", "222222222222");
  expect((await other("ListInstances")).Instances[0].InstanceArn).not.toBe(instance.InstanceArn);
  const foreign = other("ListPermissionSets", { InstanceArn: instance.InstanceArn });
  expect(await codeOf(foreign)).toBe("ResourceNotFoundException");
});

test("it is in one region, the one that is asked first, and no other knows of it", async () => {
  const { sso, identityStore } = createIdentityCenter();
  const home = jsonClient(sso.handle, "sso", managementId, "eu-central-1");
  const elsewhere = jsonClient(sso.handle, "sso", managementId, "us-east-1");
  const [{ IdentityStoreId, InstanceArn }] = (await home("ListInstances")).Instances;
  expect(await elsewhere("ListInstances")).toEqual({ Instances: [] });
  expect(await home("ListPermissionSets", { InstanceArn })).toEqual({ PermissionSets: [] });
  expect(await errorOf(elsewhere("ListPermissionSets", { InstanceArn }))).toBe(
    `ResourceNotFoundException: There is no instance ${InstanceArn} in us-east-1`,
  );
  const storeIn = (region: string) =>
    jsonClient(
      identityStore.handle,
      "identitystore",
      managementId,
      region,
    )("ListGroups", { IdentityStoreId });
  expect(await storeIn("eu-central-1")).toEqual({ Groups: [] });
  expect(await codeOf(storeIn("us-east-1"))).toBe("ResourceNotFoundException");
});

test("a permission set is made, changed and deleted", async () => {
  const { create, on } = await center();
  const { PermissionSet } = await create({ Name: "Deployer", SessionDuration: "PT4H", Description: "one" });
  expect(PermissionSet).toMatchObject({ Name: "Deployer", SessionDuration: "PT4H", Description: "one" });
  const set = on(PermissionSet.PermissionSetArn);
  await set("UpdatePermissionSet", { SessionDuration: "PT8H" });
  expect((await set("DescribePermissionSet")).PermissionSet).toMatchObject({
    SessionDuration: "PT8H",
    Description: "one",
  });
  expect(await codeOf(create({ Name: "Deployer" }))).toBe("ConflictException");
  await set("DeletePermissionSet");
  expect(await codeOf(set("DescribePermissionSet"))).toBe("ResourceNotFoundException");
});

test.each([
  ["a name over 32 characters", { Name: "x".repeat(33) }, "Name"],
  ["a name with a space", { Name: "read only" }, "Name"],
  ["a session under an hour", { Name: "x", SessionDuration: "PT59M" }, "PT1H and PT12H"],
  ["a session over twelve hours", { Name: "x", SessionDuration: "PT12H1M" }, "PT1H and PT12H"],
  ["a session that is no duration", { Name: "x", SessionDuration: "4h" }, "PT1H and PT12H"],
  ["a description of 701 characters", { Name: "x", Description: "x".repeat(701) }, "Description"],
])("a permission set with %s is refused", async (_, input, why) => {
  const error = await errorOf((await center()).create(input));
  expect(error).toContain("ValidationException");
  expect(error).toContain(why);
});

test.each(["PT1H", "PT60M", "PT11H59M", "PT12H"])("a session of %s is taken", async (SessionDuration) => {
  const { PermissionSet } = await (await center()).create({ Name: "x", SessionDuration });
  expect(PermissionSet.SessionDuration).toBe(SessionDuration);
});

test("managed policies are attached once, and twenty at most", async () => {
  const { made, on } = await center();
  const set = on(await made("x"));
  for (let index = 0; index < 20; index++) await set("AttachManagedPolicyToPermissionSet", policy(index));
  expect(await codeOf(set("AttachManagedPolicyToPermissionSet", policy(3)))).toBe("ConflictException");
  expect(await codeOf(set("AttachManagedPolicyToPermissionSet", policy(20)))).toBe(
    "ServiceQuotaExceededException",
  );
  await set("DetachManagedPolicyFromPermissionSet", policy(3));
  const { AttachedManagedPolicies } = await set("ListManagedPoliciesInPermissionSet");
  expect(AttachedManagedPolicies).toHaveLength(19);
  expect(AttachedManagedPolicies[3]).toEqual({ Name: "4", Arn: policy(4).ManagedPolicyArn });
  expect(await codeOf(set("DetachManagedPolicyFromPermissionSet", policy(3)))).toBe(
    "ResourceNotFoundException",
  );
  const own = { ManagedPolicyArn: `arn:aws:iam::${managementId}:policy/own` };
  expect(await codeOf(set("AttachManagedPolicyToPermissionSet", own))).toBe("ValidationException");
});

test("an inline policy is JSON, and keeps to both of its sizes", async () => {
  const { made, on } = await center();
  const set = on(await made("x"));
  const put = (InlinePolicy: string) => set("PutInlinePolicyToPermissionSet", { InlinePolicy });
  const sized = (size: number, filler: string) => `{"a":"${filler.repeat(size - 8)}"}`;
  expect(await errorOf(put(sized(32_769, " ")))).toContain("32768 bytes");
  expect(await errorOf(put(sized(10_241, "x")))).toContain("10240 characters");
  expect(await errorOf(put("Allow"))).toContain("ValidationException");
  await put(sized(32_768, " "));
  await put(sized(10_240, "x"));
  expect((await set("GetInlinePolicyForPermissionSet")).InlinePolicy).toHaveLength(10_240);
  await set("DeleteInlinePolicyFromPermissionSet");
  expect(await set("GetInlinePolicyForPermissionSet")).toEqual({ InlinePolicy: "" });
});

test("an assignment gives a group a permission set in an account, until it is taken back", async () => {
  const { made, on, group } = await center();
  const set = on(await made("x"));
  const platform = await group("platform");
  const { AccountAssignmentCreationStatus: created } = await set(
    "CreateAccountAssignment",
    assignment(platform),
  );
  const { RequestId } = created;
  const status = await set("DescribeAccountAssignmentCreationStatus", {
    AccountAssignmentCreationRequestId: RequestId,
  });
  expect(status.AccountAssignmentCreationStatus).toMatchObject({ RequestId, Status: "SUCCEEDED" });
  const list = async () =>
    (await set("ListAccountAssignments", { AccountId: "222222222222" })).AccountAssignments;
  expect(await list()).toMatchObject([{ PrincipalId: platform, PrincipalType: "GROUP" }]);
  expect(await set("ListAccountsForProvisionedPermissionSet")).toEqual({ AccountIds: ["222222222222"] });
  expect(await codeOf(set("DeletePermissionSet"))).toBe("ConflictException");
  const remove = async () =>
    (await set("DeleteAccountAssignment", assignment(platform))).AccountAssignmentDeletionStatus;
  expect(await remove()).toMatchObject({ Status: "SUCCEEDED" });
  expect(await list()).toEqual([]);
  expect(await remove()).toMatchObject({ Status: "FAILED" });
});

test("an assignment to nobody fails", async () => {
  const { made, on } = await center();
  const { AccountAssignmentCreationStatus: status } = await on(await made("x"))(
    "CreateAccountAssignment",
    assignment("00000000-0000-0000-0000-000000000000"),
  );
  expect(status).toMatchObject({ Status: "FAILED", FailureReason: expect.stringContaining("not found") });
});

test("a permission set with more managed policies than a role takes cannot be provisioned", async () => {
  const { made, on, group } = await center();
  const set = on(await made("x"));
  const platform = await group("platform");
  for (let index = 0; index < 10; index++) await set("AttachManagedPolicyToPermissionSet", policy(index));
  const provision = async () =>
    (await set("ProvisionPermissionSet", { TargetType: "ALL_PROVISIONED_ACCOUNTS" }))
      .PermissionSetProvisioningStatus;
  await set("CreateAccountAssignment", assignment(platform));
  expect(await provision()).toMatchObject({ Status: "SUCCEEDED" });
  await set("AttachManagedPolicyToPermissionSet", policy(10));
  const failed = await provision();
  expect(failed).toMatchObject({
    Status: "FAILED",
    FailureReason: expect.stringContaining("PoliciesPerRole"),
  });
  const described = await set("DescribePermissionSetProvisioningStatus", {
    ProvisionPermissionSetRequestId: failed.RequestId,
  });
  expect(described.PermissionSetProvisioningStatus).toEqual(failed);
});

test("tags of a permission set can be added and taken away", async () => {
  const { call, create, instance } = await center();
  const { PermissionSet } = await create({ Name: "x", Tags: [{ Key: "a", Value: "1" }] });
  const tagged = { InstanceArn: instance.InstanceArn, ResourceArn: PermissionSet.PermissionSetArn };
  await call("TagResource", { ...tagged, Tags: [{ Key: "b", Value: "2" }] });
  await call("UntagResource", { ...tagged, TagKeys: ["a"] });
  expect(await call("ListTagsForResource", tagged)).toEqual({ Tags: [{ Key: "b", Value: "2" }] });
});
