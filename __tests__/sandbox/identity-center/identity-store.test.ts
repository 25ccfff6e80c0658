import { createIdentityCenter } from "../../../sandbox/identity-center/identity-center";
import { codeOf, jsonClient } from "../clients";

async function store() {
  const { sso, identityStore } = createIdentityCenter();
  const { Instances } = await jsonClient(sso.handle, "sso")("ListInstances");
  const IdentityStoreId: string = Instances[0].IdentityStoreId;
  const raw = jsonClient(identityStore.handle, "identitystore");
  return {
    raw,
    IdentityStoreId,
    call: (action: string, input: object = {}) => raw(action, { IdentityStoreId, ...input }),
  };
}

const named = (AttributeValue: string) => ({
  AlternateIdentifier: { UniqueAttribute: { AttributePath: "DisplayName", AttributeValue } },
});

test("a group is found by its id and by its name, also after it was renamed", async () => {
  const { call, IdentityStoreId } = await store();
  const { GroupId } = await call("CreateGroup", { DisplayName: "platform", Description: "one" });
  expect(await call("DescribeGroup", { GroupId })).toEqual({
    IdentityStoreId,
    GroupId,
    DisplayName: "platform",
    Description: "one",
  });
  await call("UpdateGroup", {
    GroupId,
    Operations: [{ AttributePath: "displayName", AttributeValue: "core" }],
  });
  expect(await call("GetGroupId", named("core"))).toEqual({ IdentityStoreId, GroupId });
  expect(await codeOf(call("GetGroupId", named("platform")))).toBe("ResourceNotFoundException");
  expect((await call("ListGroups")).Groups).toMatchObject([{ GroupId, Description: "one" }]);
  await call("DeleteGroup", { GroupId });
  expect(await codeOf(call("DescribeGroup", { GroupId }))).toBe("ResourceNotFoundException");
});

test("no two groups share a name", async () => {
  const { call } = await store();
  await call("CreateGroup", { DisplayName: "platform" });
  const { GroupId } = await call("CreateGroup", { DisplayName: "support" });
  expect(await codeOf(call("CreateGroup", { DisplayName: "platform" }))).toBe("ConflictException");
  const rename = call("UpdateGroup", {
    GroupId,
    Operations: [{ AttributePath: "displayName", AttributeValue: "platform" }],
  });
  expect(await codeOf(rename)).toBe("ConflictException");
});

test("a user's attributes change one by one", async () => {
  const { call } = await store();
  const { UserId } = await call("CreateUser", {
    UserName: "jane",
    DisplayName: "Jane Doe",
    Name: { GivenName: "Jane", FamilyName: "Doe" },
    Title: "Dr",
  });
  expect(await codeOf(call("CreateUser", { UserName: "jane" }))).toBe("ConflictException");
  await call("UpdateUser", {
    UserId,
    Operations: [
      { AttributePath: "name.familyName", AttributeValue: "Roe" },
      { AttributePath: "emails", AttributeValue: [{ value: "j@example.com", primary: true }] },
      { AttributePath: "title" },
    ],
  });
  const user = await call("DescribeUser", { UserId });
  expect(user).toMatchObject({
    UserName: "jane",
    Name: { GivenName: "Jane", FamilyName: "Roe" },
    Emails: [{ Value: "j@example.com", Primary: true }],
  });
  expect(user).not.toHaveProperty("Title");
});

test("a membership needs a group and a user, is there once, and goes with either", async () => {
  const { call } = await store();
  const { GroupId } = await call("CreateGroup", { DisplayName: "platform" });
  const { UserId } = await call("CreateUser", { UserName: "jane" });
  const join = (group: string, user: string) =>
    call("CreateGroupMembership", { GroupId: group, MemberId: { UserId: user } });
  const { MembershipId } = await join(GroupId, UserId);
  expect(await call("DescribeGroupMembership", { MembershipId })).toMatchObject({
    GroupId,
    MemberId: { UserId },
  });
  expect(await codeOf(join(GroupId, UserId))).toBe("ConflictException");
  expect(await codeOf(join("none", UserId))).toBe("ResourceNotFoundException");
  expect(await codeOf(join(GroupId, "none"))).toBe("ResourceNotFoundException");
  expect((await call("ListGroupMemberships", { GroupId })).GroupMemberships).toHaveLength(1);
  await call("DeleteUser", { UserId });
  expect(await codeOf(call("DescribeGroupMembership", { MembershipId }))).toBe("ResourceNotFoundException");
});

test("another identity store is not there", async () => {
  const { raw } = await store();
  expect(await codeOf(raw("ListGroups", { IdentityStoreId: "d-0000000000" }))).toBe(
    "ResourceNotFoundException",
  );
});
