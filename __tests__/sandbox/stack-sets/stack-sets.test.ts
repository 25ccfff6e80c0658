import { createOrganizations } from "../../../sandbox/organizations/organizations";
import { createStackSets } from "../../../sandbox/stack-sets/stack-sets";
import { codeOf, errorOf, jsonClient, queryClient } from "../clients";

const someTemplate = JSON.stringify({
  Parameters: { Trusted: { Type: "String" }, Path: { Type: "String", Default: "/" } },
  Resources: { Role: { Type: "AWS::IAM::Role", Properties: { RoleName: "deploy <&>" } } },
});

const stackSet = {
  StackSetName: "bootstrap",
  PermissionModel: "SERVICE_MANAGED",
  "AutoDeployment.Enabled": "true",
  "AutoDeployment.RetainStacksOnAccountRemoval": "false",
  TemplateBody: someTemplate,
  "Capabilities.member.1": "CAPABILITY_NAMED_IAM",
  "Parameters.member.1.ParameterKey": "Trusted",
  "Parameters.member.1.ParameterValue": "111111111111",
};

async function sandbox({ isTrusted = true } = {}) {
  const organizations = createOrganizations();
  const organization = jsonClient(organizations.handle, "organizations");
  await organization("CreateOrganization", { FeatureSet: "ALL" });
  if (isTrusted) {
    await organization("EnableAWSServiceAccess", {
      ServicePrincipal: "member.org.stacksets.cloudformation.amazonaws.com",
    });
  }
  const root = (await organization("ListRoots")).Roots[0].Id as string;
  const unit = async (name: string, parent = root) =>
    (await organization("CreateOrganizationalUnit", { ParentId: parent, Name: name })).OrganizationalUnit
      .Id as string;
  const move = (account: string, source: string, destination: string) =>
    organization("MoveAccount", {
      AccountId: account,
      SourceParentId: source,
      DestinationParentId: destination,
    });
  const { handle } = createStackSets(organizations);
  return { handle, call: queryClient(handle, "cloudformation"), organization, root, unit, move };
}

const targets = (unit: string, region = "us-east-1") => ({
  StackSetName: "bootstrap",
  "DeploymentTargets.OrganizationalUnitIds.member.1": unit,
  "Regions.member.1": region,
});

const all = (xml: string, element: string) =>
  [...xml.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "g"))].map(([, text]) => text);

const accountsIn = async (call: ReturnType<typeof queryClient>, more = {}) =>
  all(await call("ListStackInstances", { StackSetName: "bootstrap", ...more }), "Account");

test("a stack set is described as it was created, with the defaults of its template", async () => {
  const { call } = await sandbox();
  await call("CreateStackSet", { ...stackSet, "Tags.member.1.Key": "a", "Tags.member.1.Value": "b" });
  const xml = await call("DescribeStackSet", { StackSetName: "bootstrap" });
  expect(all(xml, "ParameterKey")).toEqual(["Trusted", "Path"]);
  expect(all(xml, "ParameterValue")).toEqual(["111111111111", "/"]);
  expect(xml).toContain("deploy &lt;&amp;&gt;");
  expect(xml).toContain("<Capabilities><member>CAPABILITY_NAMED_IAM</member></Capabilities>");
  expect(xml).toContain("<Tags><member><Key>a</Key><Value>b</Value></member></Tags>");
  expect(xml).toContain("<Status>ACTIVE</Status>");
  expect(await call("ListStackSets")).toContain("<StackSetName>bootstrap</StackSetName>");
});

test("the organization has to trust StackSets, and the caller has to manage it", async () => {
  const { call, handle } = await sandbox({ isTrusted: false });
  expect(await errorOf(call("CreateStackSet", stackSet))).toBe(
    "ValidationError: You must enable organizations access to operate a service managed stack set",
  );
  const stranger = queryClient(handle, "cloudformation", "222222222222");
  expect(await errorOf(stranger("CreateStackSet", stackSet))).toContain("must be the management account");
});

test.each([
  ["a template that is no JSON", { TemplateBody: "Resources:" }, "ValidationError"],
  ["a template without resources", { TemplateBody: "{}" }, "ValidationError"],
  ["a template that is too long", { TemplateBody: someTemplate.padEnd(51_201) }, "ValidationError"],
  ["named roles without the capability", { "Capabilities.member.1": "CAPABILITY_IAM" }, "InsufficientCap"],
  ["a parameter without a value", { "Parameters.member.1.ParameterKey": "Path" }, "[Trusted] must have"],
  ["a parameter of no template", { "Parameters.member.1.ParameterKey": "No" }, "[No] do not exist"],
  ["permissions managed by oneself", { PermissionModel: "SELF_MANAGED" }, "NotImplemented"],
])("%s: refused", async (_what, change, error) => {
  const { call } = await sandbox();
  expect(await errorOf(call("CreateStackSet", { ...stackSet, ...change }))).toContain(error);
});

test("a name is taken once", async () => {
  const { call } = await sandbox();
  await call("CreateStackSet", stackSet);
  expect(await codeOf(call("CreateStackSet", stackSet))).toBe("NameAlreadyExistsException");
});

test("a unit means all accounts below it, now and later", async () => {
  const { call, organization, root, unit, move } = await sandbox();
  const tenants = await unit("tenants");
  const eu = await unit("eu", tenants);
  await move("333333333333", root, eu);
  await call("CreateStackSet", stackSet);
  await call("CreateStackInstances", targets(tenants));
  expect(await accountsIn(call)).toEqual(["333333333333"]);
  await move("444444444444", root, tenants);
  expect(await accountsIn(call)).toEqual(["444444444444", "333333333333"]);
  await move("444444444444", tenants, root);
  await organization("CloseAccount", { AccountId: "333333333333" });
  expect(await accountsIn(call)).toEqual([]);
});

test("without automatic deployment the accounts stay those of the call", async () => {
  const { call, root, unit, move } = await sandbox();
  const tenants = await unit("tenants");
  await move("333333333333", root, tenants);
  await call("CreateStackSet", { ...stackSet, "AutoDeployment.Enabled": "false" });
  await call("CreateStackInstances", targets(tenants));
  await move("444444444444", root, tenants);
  expect(await accountsIn(call)).toEqual(["333333333333"]);
});

test("instances are listed by region, with the unit that was deployed to", async () => {
  const { call, root, unit, move } = await sandbox();
  const tenants = await unit("tenants");
  await move("333333333333", root, await unit("eu", tenants));
  await call("CreateStackSet", stackSet);
  await call("CreateStackInstances", { ...targets(tenants), "Regions.member.2": "eu-west-1" });
  expect(await accountsIn(call)).toEqual(["333333333333", "333333333333"]);
  const xml = await call("ListStackInstances", {
    StackSetName: "bootstrap",
    StackInstanceRegion: "eu-west-1",
  });
  expect(all(xml, "Region")).toEqual(["eu-west-1"]);
  expect(all(xml, "OrganizationalUnitId")).toEqual([tenants]);
  expect(all(xml, "StackId")[0]).toMatch(/^arn:aws:cloudformation:eu-west-1:333333333333:stack\/StackSet-/);
});

test("an instance is described with its overrides", async () => {
  const { call, root, unit, move } = await sandbox();
  const tenants = await unit("tenants");
  await move("333333333333", root, tenants);
  await call("CreateStackSet", stackSet);
  await call("CreateStackInstances", targets(tenants));
  await call("UpdateStackInstances", {
    ...targets(tenants),
    "ParameterOverrides.member.1.ParameterKey": "Path",
    "ParameterOverrides.member.1.ParameterValue": "/deploy/",
  });
  const instance = {
    StackSetName: "bootstrap",
    StackInstanceAccount: "333333333333",
    StackInstanceRegion: "us-east-1",
  };
  expect(await call("DescribeStackInstance", instance)).toContain(
    "<ParameterValue>/deploy/</ParameterValue>",
  );
  expect(
    await codeOf(call("DescribeStackInstance", { ...instance, StackInstanceAccount: "444444444444" })),
  ).toBe("StackInstanceNotFoundException");
});

test("only units can be deployed to, and only those that are there", async () => {
  const { call, root, unit } = await sandbox();
  await call("CreateStackSet", stackSet);
  const create = (change: Readonly<Record<string, string>>) =>
    errorOf(call("CreateStackInstances", { StackSetName: "bootstrap", ...change }));
  expect(await create({ "Accounts.member.1": "333333333333", "Regions.member.1": "us-east-1" })).toContain(
    "can only have OrganizationalUnit as target",
  );
  expect(await create(targets("ou-none-aaaaaaaa"))).toContain("not found in organization");
  expect(await create({ "DeploymentTargets.OrganizationalUnitIds.member.1": root })).toContain(
    "At least one region",
  );
  const other = await unit("other");
  for (const action of ["UpdateStackInstances", "DeleteStackInstances"]) {
    expect(await errorOf(call(action, targets(other)))).toContain(`${other} not found in StackSet`);
  }
});

test("a unit in the place of an account is refused as AWS refuses it", async () => {
  const { call, root } = await sandbox();
  await call("CreateStackSet", stackSet);
  await call("CreateStackInstances", targets(root));
  const update = call("UpdateStackInstances", {
    StackSetName: "bootstrap",
    "Accounts.member.1": root,
    "Regions.member.1": "us-east-1",
  });
  expect(await errorOf(update)).toContain(`Value '[${root}]' at 'accounts' failed to satisfy constraint`);
});

test("an operation is done at once, and keeps the preferences that were sent", async () => {
  const { call, root } = await sandbox();
  await call("CreateStackSet", stackSet);
  await call("CreateStackInstances", {
    ...targets(root),
    OperationId: "first",
    "OperationPreferences.FailureToleranceCount": "0",
    "OperationPreferences.MaxConcurrentPercentage": "50",
    "OperationPreferences.RegionOrder.member.1": "us-east-1",
    "OperationPreferences.RegionOrder.member.2": "eu-west-1",
  });
  const xml = await call("DescribeStackSetOperation", { StackSetName: "bootstrap", OperationId: "first" });
  expect(xml).toContain("<Status>SUCCEEDED</Status>");
  expect(xml).toContain(
    "<OperationPreferences><FailureToleranceCount>0</FailureToleranceCount><MaxConcurrentPercentage>50</MaxConcurrentPercentage><RegionOrder><member>us-east-1</member><member>eu-west-1</member></RegionOrder></OperationPreferences>",
  );
  const unknown = call("DescribeStackSetOperation", { StackSetName: "bootstrap", OperationId: "second" });
  expect(await codeOf(unknown)).toBe("OperationNotFoundException");
});

test("an update replaces the template and keeps the instances", async () => {
  const { call, root, unit, move } = await sandbox();
  const tenants = await unit("tenants");
  await move("333333333333", root, tenants);
  await call("CreateStackSet", stackSet);
  await call("CreateStackInstances", targets(tenants));
  const changed = someTemplate.replace("deploy", "other");
  const xml = await call("UpdateStackSet", { ...stackSet, TemplateBody: changed });
  const [operation = ""] = all(xml, "OperationId");
  expect(await call("DescribeStackSet", { StackSetName: "bootstrap" })).toContain("other &lt;");
  expect(await accountsIn(call)).toEqual(["333333333333"]);
  const described = await call("DescribeStackSetOperation", {
    StackSetName: "bootstrap",
    OperationId: operation,
  });
  expect(described).toContain("<Action>UPDATE</Action>");
});

test("a stack set is deleted when it has no instance any more", async () => {
  const { call, root, unit, move } = await sandbox();
  const tenants = await unit("tenants");
  await move("333333333333", root, tenants);
  await call("CreateStackSet", stackSet);
  await call("CreateStackInstances", targets(tenants));
  expect(await codeOf(call("DeleteStackSet", { StackSetName: "bootstrap" }))).toBe(
    "StackSetNotEmptyException",
  );
  await call("DeleteStackInstances", { ...targets(tenants), RetainStacks: "false" });
  expect(await accountsIn(call)).toEqual([]);
  await call("DeleteStackSet", { StackSetName: "bootstrap" });
  expect(await codeOf(call("DescribeStackSet", { StackSetName: "bootstrap" }))).toBe(
    "StackSetNotFoundException",
  );
});

test("what else CloudFormation can do is refused by name", async () => {
  const { call } = await sandbox();
  expect(await errorOf(call("CreateStack"))).toBe(
    "NotImplemented: the sandbox does not serve cloudformation CreateStack",
  );
});
