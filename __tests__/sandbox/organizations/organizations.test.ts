import { createOrganizations } from "../../../sandbox/organizations/organizations";
import { codeOf, jsonClient, managementId } from "../clients";

async function organization() {
  const organizations = createOrganizations();
  const call = jsonClient(organizations.handle, "organizations");
  const { Organization } = await call("CreateOrganization", { FeatureSet: "ALL" });
  const { Roots } = await call("ListRoots");
  return { organizations, call, id: Organization.Id as string, root: Roots[0].Id as string };
}

test("an account is in no organization until it creates one", async () => {
  const { handle } = createOrganizations();
  const call = jsonClient(handle, "organizations");
  for (const action of ["DescribeOrganization", "ListRoots", "ListAccounts"]) {
    expect(await codeOf(call(action))).toBe("AWSOrganizationsNotInUseException");
  }
  await call("CreateOrganization", { FeatureSet: "ALL" });
  expect((await call("DescribeOrganization")).Organization.MasterAccountId).toBe(managementId);
  expect(await codeOf(call("CreateOrganization"))).toBe("AlreadyInOrganizationException");
});

test("ids are the same in every run, and others in another organization", async () => {
  const [first, second] = [await organization(), await organization()];
  expect(first.id).toMatch(/^o-[a-z0-9]{10}$/);
  expect(first.root).toMatch(/^r-[a-z0-9]{4}$/);
  expect(second).toMatchObject({ id: first.id, root: first.root });
  const other = jsonClient(first.organizations.handle, "organizations", "222222222222");
  expect((await other("CreateOrganization")).Organization.Id).not.toBe(first.id);
});

test("a member sees the organization, and asks for nothing else", async () => {
  const { organizations, call, id } = await organization();
  await call("DescribeAccount", { AccountId: "333333333333" });
  const member = jsonClient(organizations.handle, "organizations", "333333333333");
  expect((await member("DescribeOrganization")).Organization.Id).toBe(id);
  expect(await codeOf(member("ListAccounts"))).toBe("AccessDeniedException");
  expect(await codeOf(member("CreateOrganization"))).toBe("AlreadyInOrganizationException");
});

test("services are trusted until they are not", async () => {
  const { organizations, call } = await organization();
  const principal = "sso.amazonaws.com";
  await call("EnableAWSServiceAccess", { ServicePrincipal: principal });
  expect(organizations.trusts(managementId, principal)).toBe(true);
  const { EnabledServicePrincipals } = await call("ListAWSServiceAccessForOrganization");
  expect(EnabledServicePrincipals).toEqual([{ ServicePrincipal: principal, DateEnabled: 1767225600 }]);
  await call("DisableAWSServiceAccess", { ServicePrincipal: principal });
  expect(organizations.trusts(managementId, principal)).toBe(false);
});

test("a policy type is enabled once in the root", async () => {
  const { call, root } = await organization();
  const type = { RootId: root, PolicyType: "SERVICE_CONTROL_POLICY" };
  const enabled = await call("EnablePolicyType", type);
  expect(enabled.Root.PolicyTypes).toEqual([{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }]);
  expect(await codeOf(call("EnablePolicyType", type))).toBe("PolicyTypeAlreadyEnabledException");
  expect((await call("DisablePolicyType", type)).Root.PolicyTypes).toEqual([]);
  expect(await codeOf(call("DisablePolicyType", type))).toBe("PolicyTypeNotEnabledException");
  expect(await codeOf(call("EnablePolicyType", { ...type, RootId: "r-none" }))).toBe("RootNotFoundException");
});

test("an organization can be deleted when only the management account is left", async () => {
  const { call } = await organization();
  await call("DescribeAccount", { AccountId: "333333333333" });
  expect(await codeOf(call("DeleteOrganization"))).toBe("OrganizationNotEmptyException");
  await call("RemoveAccountFromOrganization", { AccountId: "333333333333" });
  await call("DeleteOrganization");
  expect(await codeOf(call("DescribeOrganization"))).toBe("AWSOrganizationsNotInUseException");
});

test("a member can be made administrator of a service", async () => {
  const { call } = await organization();
  const delegation = { AccountId: "333333333333", ServicePrincipal: "sso.amazonaws.com" };
  await call("RegisterDelegatedAdministrator", delegation);
  expect(await codeOf(call("RegisterDelegatedAdministrator", delegation))).toBe(
    "AccountAlreadyRegisteredException",
  );
  const listed = await call("ListDelegatedAdministrators", { ServicePrincipal: "sso.amazonaws.com" });
  expect(listed.DelegatedAdministrators).toMatchObject([{ Id: "333333333333" }]);
  expect(await call("ListDelegatedAdministrators", { ServicePrincipal: "other.amazonaws.com" })).toEqual({
    DelegatedAdministrators: [],
  });
  await call("DeregisterDelegatedAdministrator", delegation);
  expect(await call("ListDelegatedAdministrators")).toEqual({ DelegatedAdministrators: [] });
});

test("there is no resource policy", async () => {
  const { call } = await organization();
  expect(await codeOf(call("DescribeResourcePolicy"))).toBe("ResourcePolicyNotFoundException");
});

test("tags are put on units, accounts and policies, changed, and taken away", async () => {
  const { call, root } = await organization();
  await call("TagResource", { ResourceId: "333333333333", Tags: [{ Key: "a", Value: "1" }] });
  await call("TagResource", {
    ResourceId: "333333333333",
    Tags: [
      { Key: "a", Value: "2" },
      { Key: "b", Value: "" },
    ],
  });
  const tags = async (id: string) => (await call("ListTagsForResource", { ResourceId: id })).Tags;
  expect(await tags("333333333333")).toEqual([
    { Key: "a", Value: "2" },
    { Key: "b", Value: "" },
  ]);
  await call("UntagResource", { ResourceId: "333333333333", TagKeys: ["a"] });
  expect(await tags("333333333333")).toEqual([{ Key: "b", Value: "" }]);
  expect(await tags(root)).toEqual([]);
  expect(await tags("p-FullAWSAccess")).toEqual([]);
  expect(await codeOf(tags("ou-none-aaaaaaaa"))).toBe("TargetNotFoundException");
});
