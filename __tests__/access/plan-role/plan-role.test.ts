import type { Call } from "../../../access/calls/model";
import { stackCalls } from "../../../access/calls/stack-calls";
import type { RoleScope } from "../../../access/deploy-role/scope";
import { managementPlanPolicies, planRolePolicies } from "../../../access/plan-role/plan-role";
import { decide } from "../../../access/policy/decide";
import { requestOf } from "../../../access/policy/request";
import type { ExtensionFacts, Fleet } from "../../../fleet/model";
import { listOf, type NamedPolicy, statementsOf } from "../../../fleet/policy-document";
import { resolveFleet } from "../../../fleet/resolve";
import { legalFleet } from "../../support/arbitrary-fleet";
import { pipelineFile } from "../../support/pipeline-fleet";
import { fc } from "../../support/properties";

const queue: ExtensionFacts = {
  ...{ name: "mail-queue", adds: ["target", "cell"], resourceTypes: {} },
  deploy: [
    { actions: ["sqs:*"], resources: ["arn:aws:sqs:*:{account}:{fleet}_*"] },
    { actions: ["s3:*", "dynamodb:*", "secretsmanager:*", "logs:*"], resources: ["*"] },
    { actions: ["*"], resources: ["*"] },
  ],
};
const tables = {
  orders: { key: { customer: "string" }, kmsKey: "arn:aws:kms:{region}:{account}:key/mrk-1" },
  sessions: { key: { id: "string" }, replicate: "none" },
} as const;
const fleet = resolveFleet(
  {
    ...pipelineFile,
    tables,
    cells: Object.fromEntries(
      Object.entries(pipelineFile.cells).map(([name, cell]) => [
        name,
        { ...cell, ...(name === "trial" ? {} : { home: "eu-west-1" }) },
      ]),
    ),
  },
  [queue],
);

function policiesOf(of: Fleet, account: string): readonly NamedPolicy[] {
  const scope: RoleScope = { fleet: of.name, account, role: "deployer", boundary: "deployer-boundary" };
  return planRolePolicies(of, scope);
}

function isAllowed(identity: readonly NamedPolicy[], account: string, call: Call): boolean {
  // The bucket's and the key's policy let it in: see the tests of the state bucket.
  const { resourceAccount: _, ...own } = call;
  const principal = `arn:aws:iam::${account}:role/deployer-plan`;
  return decide({ scps: [], identity }, requestOf({ ...own, principal, resourceAccount: account })).allowed;
}

/** What of the calls of a stack a plan makes, said anew: what only looks, and the state that is read. */
function isOfPlan({ action, resource }: Call): boolean {
  if (action === "s3:GetObject") return /^arn:aws:s3:::acme-state\/acme\/\d{12}\//.test(resource);
  if (action === "kms:Decrypt") return resource.endsWith(":key/EXAMPLE");
  if (action === "dynamodb:GetItem") return false;
  return /^[a-z0-9-]+:(BatchGet|Describe|Get|List)/.test(action);
}

const wrong = (of: Fleet, isRight: (call: Call, allowed: boolean) => boolean) =>
  stackCalls(of).flatMap(({ account, calls, stack }) => {
    const identity = policiesOf(of, account.id);
    return calls
      .filter(({ extension }) => extension === undefined)
      .filter((call) => !isRight(call, isAllowed(identity, account.id, call)))
      .map(({ action, resource }) => `${stack}: ${action} on ${resource}`);
  });

test("the plan role looks at all that a plan of any stack of its account looks at, and at its state", () => {
  expect(wrong(fleet, (call, allowed) => allowed || !isOfPlan(call))).toEqual([]);
  const read = stackCalls(fleet).flatMap(({ calls, stack }) => (calls.some(isOfPlan) ? [stack] : []));
  expect(read).toEqual(stackCalls(fleet).map(({ stack }) => stack));
  expect(read).toEqual(
    expect.arrayContaining(["state", "state_replica", "pipeline", "globex_data", "globex_front"]),
  );
});

test("it may make no other call of a deploy", () => {
  expect(wrong(fleet, (call, allowed) => !allowed || isOfPlan(call))).toEqual([]);
});

test("that holds for any fleet", () => {
  fc.assert(
    fc.property(legalFleet, (file) => {
      const any = resolveFleet(file, []);
      return wrong(any, (call, allowed) => allowed === isOfPlan(call)).length === 0;
    }),
    { numRuns: 10 },
  );
});

describe("whatever extensions ask for, it", () => {
  const identity = policiesOf(fleet, "333333333333");
  const may = (action: string, resource: string, context = {}) =>
    isAllowed(identity, "333333333333", { action, resource, region: "eu-west-1", context });

  test("looks at what they add", () => {
    expect(may("sqs:GetQueueAttributes", "arn:aws:sqs:eu-west-1:333333333333:acme_globex_queue")).toBe(true);
    expect(may("s3:ListAllMyBuckets", "*")).toBe(true);
  });

  test.each([
    ["sqs:SendMessage", "arn:aws:sqs:eu-west-1:333333333333:acme_globex_queue"],
    ["s3:GetObject", "arn:aws:s3:::logs-acme-1/a"],
    ["s3:GetObjectVersion", "arn:aws:s3:::acme-state/acme/444444444444/a.tfstate"],
    ["dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:333333333333:table/acme_globex_orders"],
    ["dynamodb:GetRecords", "arn:aws:dynamodb:eu-west-1:333333333333:table/acme_globex_orders/stream/1"],
    ["logs:GetLogEvents", "arn:aws:logs:eu-west-1:333333333333:log-group:/aws/lambda/acme_globex_hello:*"],
    ["secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:333333333333:secret:a"],
    ["lambda:GetFunction", "arn:aws:lambda:eu-west-1:333333333333:function:other_globex_hello"],
    ["sts:AssumeRole", "arn:aws:iam::333333333333:role/deployer"],
  ])("does not %s on %s", (action, resource) => {
    expect(may(action, resource)).toBe(false);
  });

  test("decrypts nothing but by way of S3, and so neither secrets nor encrypted parameters", () => {
    const key = "arn:aws:kms:eu-central-1:333333333333:key/1";
    const greedy: NamedPolicy = {
      name: "attached-one-day",
      document: { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
    };
    const through = (service: string) =>
      isAllowed([...identity, greedy], "333333333333", {
        ...{ action: "kms:Decrypt", resource: key, region: "eu-central-1" },
        context: { "kms:ViaService": `${service}.eu-central-1.amazonaws.com` },
      });
    expect(through("s3")).toBe(true);
    expect(through("secretsmanager")).toBe(false);
    expect(through("ssm")).toBe(false);
  });
});

test("in the management account it looks at the organization, and changes nothing in it", () => {
  const scope: RoleScope = {
    ...{ fleet: "acme", account: "111111111111", role: "deployer", boundary: "deployer-boundary" },
  };
  const identity = managementPlanPolicies(
    resolveFleet(
      {
        ...pipelineFile,
        budget: { monthly: 100, alerts: ["finops@example.com"] },
        identity: {
          groups: ["platform"],
          permissionSets: { ReadOnly: { policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } },
          access: [{ group: "platform", permissionSet: "ReadOnly", accounts: ["globex"] }],
        },
      },
      [],
    ),
    scope,
  );
  const actions = identity.flatMap(({ document }) =>
    statementsOf(document).flatMap(({ Action, Effect }) => (Effect === "Allow" ? listOf(Action) : [])),
  );
  expect(actions).toEqual(
    expect.arrayContaining([
      ...["organizations:DescribePolicy", "organizations:ListAccounts", "sso:ListAccountAssignments"],
      ...[
        "identitystore:ListGroups",
        "cloudformation:DescribeStackSet",
        "budgets:ViewBudget",
        "s3:GetObject",
      ],
    ]),
  );
  const others = actions.filter((action) => !/:(Describe|Get|List|View)/.test(action));
  expect(others).toEqual(["kms:Decrypt"]);
  expect(actions).not.toContain("ce:GetCostAndUsage");
});
