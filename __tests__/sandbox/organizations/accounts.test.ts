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
  const create = async (name: string, email: string) => {
    const { CreateAccountStatus } = await call("CreateAccount", { AccountName: name, Email: email });
    const status = () =>
      call("DescribeCreateAccountStatus", { CreateAccountRequestId: CreateAccountStatus.Id });
    await status();
    return (await status()).CreateAccountStatus;
  };
  return { organizations, call, root, unit, create };
}

test("an account is being created when one first looks, and there when one looks again", async () => {
  const { call, root } = await organization();
  const request = await call("CreateAccount", {
    AccountName: "newco",
    Email: "aws+newco@example.com",
    Tags: [{ Key: "fleet", Value: "acme" }],
  });
  expect(request.CreateAccountStatus).toMatchObject({ State: "IN_PROGRESS", AccountName: "newco" });
  const id = { CreateAccountRequestId: request.CreateAccountStatus.Id };
  expect((await call("DescribeCreateAccountStatus", id)).CreateAccountStatus.State).toBe("IN_PROGRESS");
  const { State, AccountId } = (await call("DescribeCreateAccountStatus", id)).CreateAccountStatus;
  expect(State).toBe("SUCCEEDED");
  expect(AccountId).toMatch(/^6\d{11}$/);
  expect((await call("DescribeAccount", { AccountId })).Account).toMatchObject({
    Name: "newco",
    Email: "aws+newco@example.com",
    Status: "ACTIVE",
    JoinedMethod: "CREATED",
  });
  expect(await call("ListParents", { ChildId: AccountId })).toEqual({
    Parents: [{ Id: root, Type: "ROOT" }],
  });
  expect((await call("ListTagsForResource", { ResourceId: AccountId })).Tags).toEqual([
    { Key: "fleet", Value: "acme" },
  ]);
});

test("the id of a created account depends on its e-mail address only", async () => {
  const [one, other] = [await organization(), await organization()];
  await other.create("initech", "aws+initech@example.com");
  const [first, second] = [
    await one.create("newco", "aws+newco@example.com"),
    await other.create("newco", "aws+newco@example.com"),
  ];
  expect(second.AccountId).toBe(first.AccountId);
});

test("an e-mail address has one account", async () => {
  const { create } = await organization();
  await create("newco", "aws+newco@example.com");
  const second = await create("other", "AWS+newco@example.com");
  expect(second).toMatchObject({ State: "FAILED", FailureReason: "EMAIL_ALREADY_EXISTS" });
  expect(second.AccountId).toBeUndefined();
});

test("a request that was never made has no status", async () => {
  const { call } = await organization();
  const status = call("DescribeCreateAccountStatus", { CreateAccountRequestId: "car-none" });
  expect(await codeOf(status)).toBe("CreateAccountStatusNotFoundException");
});

test("an account that is asked for by its id is a member in the root", async () => {
  const { call, root } = await organization();
  const { Account } = await call("DescribeAccount", { AccountId: "333333333333" });
  expect(Account).toMatchObject({
    Name: "account-333333333333",
    Email: "aws+333333333333@example.com",
    JoinedMethod: "INVITED",
  });
  expect((await call("ListParents", { ChildId: "444444444444" })).Parents[0].Id).toBe(root);
  const ids = (await call("ListAccounts")).Accounts.map(({ Id }: { Id: string }) => Id);
  expect(ids).toEqual([managementId, "333333333333", "444444444444"]);
});

test("what is no account id, or the account of another organization, is not there", async () => {
  const { organizations, call } = await organization();
  expect(await codeOf(call("DescribeAccount", { AccountId: "12345" }))).toBe("AccountNotFoundException");
  await jsonClient(organizations.handle, "organizations", "222222222222")("CreateOrganization");
  expect(await codeOf(call("DescribeAccount", { AccountId: "222222222222" }))).toBe(
    "AccountNotFoundException",
  );
});

test("an account moves from where it is to another unit", async () => {
  const { call, root, unit } = await organization();
  const tenants = await unit("tenants");
  const move = (source: string, destination: string) =>
    call("MoveAccount", {
      AccountId: "333333333333",
      SourceParentId: source,
      DestinationParentId: destination,
    });
  expect(await codeOf(move("ou-none-aaaaaaaa", tenants))).toBe("SourceParentNotFoundException");
  expect(await codeOf(move(root, "ou-none-aaaaaaaa"))).toBe("DestinationParentNotFoundException");
  expect(await codeOf(move(root, root))).toBe("DuplicateAccountException");
  await move(root, tenants);
  expect(await codeOf(move(root, tenants))).toBe("AccountNotFoundException");
  const { Accounts } = await call("ListAccountsForParent", { ParentId: tenants });
  expect(Accounts).toMatchObject([{ Id: "333333333333" }]);
});

test("a closed account is suspended, and below no unit any more", async () => {
  const { organizations, call, root } = await organization();
  await call("DescribeAccount", { AccountId: "333333333333" });
  expect(organizations.accountsBelow(managementId, root)).toEqual(["333333333333"]);
  await call("CloseAccount", { AccountId: "333333333333" });
  expect((await call("DescribeAccount", { AccountId: "333333333333" })).Account.Status).toBe("SUSPENDED");
  expect(organizations.accountsBelow(managementId, root)).toEqual([]);
  expect(await codeOf(call("CloseAccount", { AccountId: "333333333333" }))).toBe(
    "AccountAlreadyClosedException",
  );
  expect(await errorOf(call("CloseAccount", { AccountId: managementId }))).toContain(
    "CANNOT_CLOSE_MANAGEMENT_ACCOUNT",
  );
});

test("a created account cannot leave, an invited one can, the management account cannot", async () => {
  const { call, create } = await organization();
  const { AccountId } = await create("newco", "aws+newco@example.com");
  const remove = (id: string) => call("RemoveAccountFromOrganization", { AccountId: id });
  expect(await codeOf(remove(AccountId))).toBe("ConstraintViolationException");
  expect(await codeOf(remove(managementId))).toBe("MasterCannotLeaveOrganizationException");
  await remove("333333333333");
  const ids = (await call("ListAccounts")).Accounts.map(({ Id }: { Id: string }) => Id);
  expect(ids).not.toContain("333333333333");
});
