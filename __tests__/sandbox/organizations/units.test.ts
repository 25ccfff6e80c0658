import { createOrganizations } from "../../../sandbox/organizations/organizations";
import { codeOf, errorOf, jsonClient, managementId } from "../clients";

async function organization() {
  const organizations = createOrganizations();
  const call = jsonClient(organizations.handle, "organizations");
  await call("CreateOrganization", { FeatureSet: "ALL" });
  const root = (await call("ListRoots")).Roots[0].Id as string;
  const unit = async (name: string, parent = root) =>
    (await call("CreateOrganizationalUnit", { ParentId: parent, Name: name })).OrganizationalUnit
      .Id as string;
  return { organizations, call, root, unit };
}

test("units form a tree that can be read in both directions", async () => {
  const { call, root, unit } = await organization();
  const tenants = await unit("tenants");
  const eu = await unit("eu", tenants);
  expect(eu).toMatch(new RegExp(`^ou-${root.slice(2)}-[a-z0-9]{8}$`));
  const { OrganizationalUnits } = await call("ListOrganizationalUnitsForParent", { ParentId: tenants });
  expect(OrganizationalUnits).toMatchObject([{ Id: eu, Name: "eu" }]);
  expect(await call("ListParents", { ChildId: eu })).toEqual({
    Parents: [{ Id: tenants, Type: "ORGANIZATIONAL_UNIT" }],
  });
  expect(await call("ListChildren", { ParentId: root, ChildType: "ORGANIZATIONAL_UNIT" })).toEqual({
    Children: [{ Id: tenants, Type: "ORGANIZATIONAL_UNIT" }],
  });
  expect(await call("ListChildren", { ParentId: root, ChildType: "ACCOUNT" })).toEqual({
    Children: [{ Id: managementId, Type: "ACCOUNT" }],
  });
});

test("siblings have different names, when they are made and when they are renamed", async () => {
  const { call, unit } = await organization();
  const tenants = await unit("tenants");
  await unit("tenants", tenants);
  expect(await codeOf(unit("tenants"))).toBe("DuplicateOrganizationalUnitException");
  const other = await unit("other");
  const rename = (name: string) =>
    call("UpdateOrganizationalUnit", { OrganizationalUnitId: other, Name: name });
  expect(await codeOf(rename("tenants"))).toBe("DuplicateOrganizationalUnitException");
  await rename("guests");
  expect(
    (await call("DescribeOrganizationalUnit", { OrganizationalUnitId: other })).OrganizationalUnit,
  ).toMatchObject({ Id: other, Name: "guests" });
  expect(await unit("other")).not.toBe(other);
});

test("units nest five deep", async () => {
  const { root, unit } = await organization();
  let parent = root;
  for (const level of [1, 2, 3, 4, 5]) parent = await unit(`level-${level}`, parent);
  expect(await errorOf(unit("level-6", parent))).toContain("OU_DEPTH_LIMIT_EXCEEDED");
});

test("a unit is deleted when nothing is in it", async () => {
  const { call, root, unit } = await organization();
  const tenants = await unit("tenants");
  const eu = await unit("eu", tenants);
  const remove = (id: string) => call("DeleteOrganizationalUnit", { OrganizationalUnitId: id });
  expect(await codeOf(remove(tenants))).toBe("OrganizationalUnitNotEmptyException");
  await call("MoveAccount", {
    AccountId: "333333333333",
    SourceParentId: root,
    DestinationParentId: eu,
  });
  expect(await codeOf(remove(eu))).toBe("OrganizationalUnitNotEmptyException");
  await call("MoveAccount", {
    AccountId: "333333333333",
    SourceParentId: eu,
    DestinationParentId: root,
  });
  await remove(eu);
  await remove(tenants);
  expect(await codeOf(remove(tenants))).toBe("OrganizationalUnitNotFoundException");
  expect(await codeOf(unit("eu", tenants))).toBe("ParentNotFoundException");
});

test("the accounts below a unit are those at any depth, without the management account", async () => {
  const { organizations, call, root, unit } = await organization();
  const tenants = await unit("tenants");
  const eu = await unit("eu", tenants);
  for (const [account, parent] of [
    ["333333333333", eu],
    ["444444444444", tenants],
    ["555555555555", undefined],
  ] as const) {
    await call("DescribeAccount", { AccountId: account });
    if (parent) {
      await call("MoveAccount", {
        AccountId: account,
        SourceParentId: root,
        DestinationParentId: parent,
      });
    }
  }
  expect(organizations.accountsBelow(managementId, eu)).toEqual(["333333333333"]);
  expect(organizations.accountsBelow(managementId, tenants)).toEqual(["444444444444", "333333333333"]);
  expect(organizations.accountsBelow(managementId, root)).toEqual([
    "555555555555",
    "444444444444",
    "333333333333",
  ]);
  expect(organizations.accountsBelow("222222222222", root)).toEqual([]);
});
