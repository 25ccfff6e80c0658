import { managementPolicies } from "../../../access/deploy-role/management";
import { asked, bootstrapFleet, inOtherAccount, someScope } from "../../support/bootstrap-fleet";
import { expectTight } from "../../support/loosened";

const fleet = bootstrapFleet({
  identity: {
    groups: ["platform"],
    permissionSets: { ReadOnly: { policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } },
    access: [{ group: "platform", permissionSet: "ReadOnly", accounts: ["globex"] }],
  },
  budget: { monthly: 100, alerts: ["finops@example.com"] },
});

const policies = new Map(
  managementPolicies(fleet, someScope).map(({ document, name }) => [name, document] as const),
);

function documentOf(name: string) {
  const found = policies.get(name);
  if (!found) throw new Error(`no policy ${name}`);
  return found;
}

test("there is one for each stack that the fleet has", () => {
  expect([...policies.keys()]).toEqual(["organization", "identity", "bootstrap", "budgets", "bill"]);
  expect(managementPolicies({ ...fleet, organization: undefined }, someScope)).toEqual([]);
});

test("the organization can be made and changed, and not given up", () => {
  const linked = "arn:aws:iam::333333333333:role/aws-service-role/organizations.amazonaws.com/AWSService";
  const forIt = { "iam:AWSServiceName": "organizations.amazonaws.com" };
  expectTight(documentOf("organization"), [
    asked("allow", "organizations:CreateOrganization", "*"),
    asked("allow", "organizations:MoveAccount", "*"),
    asked("nothing", "organizations:DeleteOrganization", "*"),
    asked("nothing", "organizations:RegisterDelegatedAdministrator", "*"),
    asked("allow", "servicequotas:GetServiceQuota", "*"),
    asked("nothing", "servicequotas:RequestServiceQuotaIncrease", "*"),
    asked("allow", "iam:CreateServiceLinkedRole", linked, forIt),
    asked("nothing", "iam:CreateServiceLinkedRole", linked, { "iam:AWSServiceName": "sso.amazonaws.com" }),
    asked("nothing", "iam:CreateServiceLinkedRole", linked.replace("organizations.", "sso."), forIt),
    asked("nothing", "iam:CreateServiceLinkedRole", inOtherAccount(linked), forIt),
    asked("nothing", "iam:DeleteServiceLinkedRole", linked, forIt),
  ]);
});

test("one that is there already is not changed itself", () => {
  const organization = { management: "management", units: ["workloads", "tenants/eu"], existing: true };
  const [policy] = managementPolicies(bootstrapFleet({ organization }), someScope);
  const text = JSON.stringify(policy?.document);
  expect(text).toContain('"organizations:CreateAccount"');
  expect(text).not.toMatch(/CreateOrganization"|EnableAWSServiceAccess|CreateServiceLinkedRole/);
});

test("Identity Center's groups, permission sets and assignments can be changed", () => {
  expectTight(documentOf("identity"), [
    asked("allow", "sso:CreateAccountAssignment", "arn:aws:sso:::instance/ssoins-1"),
    asked("nothing", "sso:DeleteInstance", "arn:aws:sso:::instance/ssoins-1"),
    asked("allow", "identitystore:CreateGroup", "*"),
    asked("nothing", "identitystore:CreateUser", "*"),
  ]);
});

test("the fleet's stack set can be changed, and no other", () => {
  const arn = (rest: string) => `arn:aws:cloudformation:us-east-1:333333333333:${rest}`;
  const set = arn("stackset/acme-deployer:1");
  const target = arn("stackset-target/acme-deployer:1/ou-ab12-11112222");
  const type = "arn:aws:cloudformation:us-east-1::type/resource/AWS-IAM-Role";
  expectTight(documentOf("bootstrap"), [
    asked("allow", "cloudformation:CreateStackSet", "*"),
    asked("allow", "cloudformation:DeleteStackSet", set),
    asked("nothing", "cloudformation:DetectStackSetDrift", set),
    ...[set, target, type].map((resource) => asked("allow", "cloudformation:CreateStackInstances", resource)),
    ...[set, target].flatMap((resource) => [
      asked("nothing", "cloudformation:CreateStackInstances", resource.replace("acme-", "other-")),
      asked("nothing", "cloudformation:CreateStackInstances", inOtherAccount(resource)),
      asked("nothing", "cloudformation:CreateStackInstances", resource.replace("us-east-1", "eu-west-1")),
    ]),
    asked("nothing", "cloudformation:CreateStackInstances", type.replace("us-east-1", "eu-west-1")),
    asked("nothing", "cloudformation:CreateStackInstances", type.replace("resource", "hook")),
    asked("nothing", "cloudformation:DeleteStackSet", set.replace("acme-", "other-")),
    asked("nothing", "cloudformation:DeleteStackSet", inOtherAccount(set)),
    asked("nothing", "cloudformation:DeleteStackSet", set.replace("us-east-1", "eu-west-1")),
  ]);
});

test("the stack set is the one of its own region", () => {
  const policies = managementPolicies(bootstrapFleet({ bootstrap: { region: "eu-central-1" } }), someScope);
  const text = JSON.stringify(policies.find(({ name }) => name === "bootstrap"));
  expect(text).toContain("arn:aws:cloudformation:eu-central-1:333333333333:stackset/");
  expect(text).not.toContain("us-east-1");
});

test("the fleet's budgets can be changed, and the bill read", () => {
  const budget = "arn:aws:budgets::333333333333:budget/acme";
  expectTight(documentOf("budgets"), [
    asked("allow", "budgets:ModifyBudget", budget),
    asked("allow", "budgets:ModifyBudget", `${budget}_globex`),
    asked("nothing", "budgets:ExecuteBudgetAction", budget),
    asked("nothing", "budgets:ModifyBudget", `${budget}-other`),
    asked("nothing", "budgets:ModifyBudget", inOtherAccount(budget)),
    asked("nothing", "budgets:ModifyBudget", inOtherAccount(`${budget}_globex`)),
  ]);
  expectTight(documentOf("bill"), [
    asked("allow", "ce:GetCostAndUsage", "*"),
    asked("nothing", "ce:CreateAnomalyMonitor", "*"),
  ]);
});
