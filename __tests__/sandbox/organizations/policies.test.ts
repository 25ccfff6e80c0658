import { createOrganizations } from "../../../sandbox/organizations/organizations";
import { codeOf, errorOf, jsonClient } from "../clients";

const policyType = "SERVICE_CONTROL_POLICY";
const deny = (action = "s3:*", more: object = {}) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Action: action, Resource: "*", ...more }],
  });

async function organization() {
  const { handle } = createOrganizations();
  const call = jsonClient(handle, "organizations");
  await call("CreateOrganization", { FeatureSet: "ALL" });
  const root = (await call("ListRoots")).Roots[0].Id as string;
  await call("EnablePolicyType", { RootId: root, PolicyType: policyType });
  const create = async (name: string, content = deny()) =>
    (await call("CreatePolicy", { Name: name, Description: "", Type: policyType, Content: content })).Policy
      .PolicySummary.Id as string;
  const attach = (policy: string, target: string) =>
    call("AttachPolicy", { PolicyId: policy, TargetId: target });
  const detach = (policy: string, target: string) =>
    call("DetachPolicy", { PolicyId: policy, TargetId: target });
  const policiesOn = async (target: string) =>
    (await call("ListPoliciesForTarget", { TargetId: target, Filter: policyType })).Policies.map(
      ({ Id }: { Id: string }) => Id,
    );
  return { call, root, create, attach, detach, policiesOn };
}

test("a policy is kept as it is written, changed, and deleted", async () => {
  const { call, create } = await organization();
  const id = await create("guardrail");
  expect(id).toMatch(/^p-[a-z0-9]{8}$/);
  expect((await call("DescribePolicy", { PolicyId: id })).Policy).toMatchObject({
    Content: deny(),
    PolicySummary: { Name: "guardrail", Type: policyType, AwsManaged: false },
  });
  await call("UpdatePolicy", { PolicyId: id, Content: deny("sqs:*"), Description: "new" });
  expect((await call("DescribePolicy", { PolicyId: id })).Policy).toMatchObject({
    Content: deny("sqs:*"),
    PolicySummary: { Name: "guardrail", Description: "new" },
  });
  expect((await call("ListPolicies", { Filter: policyType })).Policies).toHaveLength(2);
  await call("DeletePolicy", { PolicyId: id });
  expect(await codeOf(call("DescribePolicy", { PolicyId: id }))).toBe("PolicyNotFoundException");
});

test("no two policies have one name", async () => {
  const { create } = await organization();
  await create("guardrail");
  expect(await codeOf(create("guardrail"))).toBe("DuplicatePolicyException");
});

test("a policy has 5120 characters at most, white space among them", async () => {
  const { call, create } = await organization();
  const fits = deny().padEnd(5120);
  const id = await create("fits", fits);
  expect(await errorOf(create("long", `${fits} `))).toContain("POLICY_CONTENT_LIMIT_EXCEEDED");
  expect(await codeOf(call("UpdatePolicy", { PolicyId: id, Content: `${fits} ` }))).toBe(
    "ConstraintViolationException",
  );
});

test.each([
  ["is no JSON", "{"],
  ["has no statement", JSON.stringify({ Version: "2012-10-17" })],
  ["has no version", JSON.stringify({ Statement: [] })],
  ["has neither Action nor NotAction", deny().replace("Action", "Actions")],
  ["has both Action and NotAction", deny("s3:*", { NotAction: "s3:*" })],
  ["has no effect", deny("s3:*", { Effect: undefined })],
  ["names a principal", deny("s3:*", { Principal: "*" })],
])("a policy that %s is malformed", async (_what, content) => {
  const { create } = await organization();
  expect(await codeOf(create("bad", content))).toBe("MalformedPolicyDocumentException");
});

test("AWS's own policy is on everything from the start, and cannot be changed", async () => {
  const { call, root, policiesOn } = await organization();
  const { OrganizationalUnit } = await call("CreateOrganizationalUnit", { ParentId: root, Name: "a" });
  for (const target of [root, OrganizationalUnit.Id, "333333333333"]) {
    expect(await policiesOn(target)).toEqual(["p-FullAWSAccess"]);
  }
  expect(await errorOf(call("DeletePolicy", { PolicyId: "p-FullAWSAccess" }))).toContain("IMMUTABLE_POLICY");
  const { Targets } = await call("ListTargetsForPolicy", { PolicyId: "p-FullAWSAccess" });
  expect(Targets.map(({ Type }: { Type: string }) => Type)).toEqual([
    "ROOT",
    "ACCOUNT",
    "ORGANIZATIONAL_UNIT",
    "ACCOUNT",
  ]);
});

test("a policy that is attached is listed from both sides, and cannot be deleted", async () => {
  const { call, root, create, attach, detach, policiesOn } = await organization();
  const id = await create("guardrail");
  await attach(id, root);
  expect(await codeOf(attach(id, root))).toBe("DuplicatePolicyAttachmentException");
  expect(await policiesOn(root)).toEqual(["p-FullAWSAccess", id]);
  expect((await call("ListTargetsForPolicy", { PolicyId: id })).Targets).toMatchObject([
    { TargetId: root, Name: "Root", Type: "ROOT" },
  ]);
  expect(await codeOf(call("DeletePolicy", { PolicyId: id }))).toBe("PolicyInUseException");
  await detach(id, root);
  expect(await codeOf(detach(id, root))).toBe("PolicyNotAttachedException");
  await call("DeletePolicy", { PolicyId: id });
});

test("a target has five policies at most, and one at least", async () => {
  const { root, create, attach, detach } = await organization();
  for (const name of ["a", "b", "c", "d"]) await attach(await create(name), root);
  expect(await errorOf(attach(await create("e"), root))).toContain(
    "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
  );
  expect(await errorOf(detach("p-FullAWSAccess", "333333333333"))).toContain(
    "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
  );
});

test("nothing can be attached before the type is enabled, and disabling it detaches everything", async () => {
  const { call, root, create, attach, policiesOn } = await organization();
  const id = await create("guardrail");
  await attach(id, root);
  const type = { RootId: root, PolicyType: policyType };
  await call("DisablePolicyType", type);
  expect(await policiesOn(root)).toEqual([]);
  expect(await codeOf(attach(id, root))).toBe("PolicyTypeNotEnabledException");
  await call("EnablePolicyType", type);
  expect(await policiesOn(root)).toEqual(["p-FullAWSAccess"]);
});

test("other types of policies are refused by name", async () => {
  const { call, root } = await organization();
  const enable = call("EnablePolicyType", { RootId: root, PolicyType: "TAG_POLICY" });
  expect(await errorOf(enable)).toContain("NotImplemented");
});

test("a policy or a target that is not there is named as such", async () => {
  const { root, create, attach } = await organization();
  expect(await codeOf(attach("p-none", root))).toBe("PolicyNotFoundException");
  expect(await codeOf(attach(await create("a"), "ou-none-aaaaaaaa"))).toBe("TargetNotFoundException");
});
