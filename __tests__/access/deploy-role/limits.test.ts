import { boundaryDocument, ownLimitsPolicy, trustDocument } from "../../../access/deploy-role/limits";
import { verdict } from "../../../access/policy/evaluate";
import { requestOf } from "../../../access/policy/request";
import { asked, inOtherAccount, someScope } from "../../support/bootstrap-fleet";
import { expectTight } from "../../support/loosened";

const role = "arn:aws:iam::333333333333:role/deployer";
const boundary = "arn:aws:iam::333333333333:policy/deployer-boundary";

/** The roles beside it, whoever made them. */
const beside = [
  asked("deny", "iam:UpdateAssumeRolePolicy", `${role}-plan`),
  asked("deny", "iam:UpdateAssumeRolePolicy", `${role}-record`),
  asked("deny", "iam:CreatePolicyVersion", "arn:aws:iam::333333333333:policy/deployer-plan-extensions"),
];

test("a deploy role changes neither itself nor its policies nor the boundary, and takes the boundary off no role", () => {
  expectTight(ownLimitsPolicy(someScope).document, [
    asked("deny", "iam:PutRolePolicy", role),
    asked("deny", "iam:UpdateAssumeRolePolicy", role),
    asked("deny", "iam:CreatePolicyVersion", boundary),
    asked("deny", "iam:CreatePolicyVersion", "arn:aws:iam::333333333333:policy/deployer-fronts"),
    ...beside,
    asked("deny", "iam:DeleteRolePermissionsBoundary", "arn:aws:iam::333333333333:role/acme_globex_hello"),
    asked("nothing", "iam:DeleteRole", "arn:aws:iam::333333333333:role/acme_globex_hello"),
  ]);
});

test("a deploy role changes no policy that is attached to it, whatever extensions let it do with others", () => {
  const bound = { "iam:PermissionsBoundary": boundary };
  const made = "arn:aws:iam::333333333333:role/acme_x";
  const user = "arn:aws:iam::333333333333:user/acme_x";
  const limits = ownLimitsPolicy(someScope, { hasExtensions: true });
  const names = ["AttachRolePolicy", "CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy"];
  expectTight(limits.document, [
    asked("deny", "iam:PutRolePolicy", role, bound),
    ...beside,
    ...["boundary", "fronts", "data", "extensions", "pipeline"].map((name) =>
      asked("deny", "iam:CreatePolicyVersion", `arn:aws:iam::333333333333:policy/deployer-${name}`),
    ),
    ...names.flatMap((name) => [
      asked("deny", `iam:${name}`, made),
      asked("nothing", `iam:${name}`, made, bound),
      asked("deny", `iam:${name.replace("Role", "User")}`, user),
      asked("nothing", `iam:${name.replace("Role", "User")}`, user, bound),
    ]),
    ...[boundary.replace("deployer-boundary", "other"), inOtherAccount(boundary)].map((other) =>
      asked("deny", "iam:CreateRole", made, { "iam:PermissionsBoundary": other }),
    ),
    asked("deny", "iam:DeleteRolePermissionsBoundary", made),
    asked("deny", "iam:DeleteUserPermissionsBoundary", user),
    asked("nothing", "iam:DeleteRole", made),
    asked("nothing", "iam:CreatePolicyVersion", "arn:aws:iam::333333333333:policy/acme_x"),
  ]);
});

test("a deploy role hands roles of builds to the services that work as them, and does nothing else with them", () => {
  const limits = ownLimitsPolicy(someScope, { buildRoles: ["acme__pipeline*", "acme__github_plan"] });
  const builds = ["acme__pipeline", "acme__pipeline_deploy_production", "acme__github_plan"].map(
    (name) => `arn:aws:iam::333333333333:role/${name}`,
  );
  const handed = (service: string) => ({ "iam:PassedToService": `${service}.amazonaws.com` });
  expectTight(limits.document, [
    asked("deny", "iam:PutRolePolicy", role),
    asked("deny", "iam:CreatePolicyVersion", boundary),
    ...beside,
    asked("deny", "iam:DeleteRolePermissionsBoundary", "arn:aws:iam::333333333333:role/acme_globex_hello"),
    ...builds.flatMap((build) => [
      asked("deny", "iam:PutRolePolicy", build),
      asked("deny", "iam:UpdateAssumeRolePolicy", build),
      asked("deny", "iam:PassRole", build, handed("lambda")),
      asked("deny", "iam:PassRole", build),
      ...["codebuild", "codepipeline", "events"].map((service) =>
        asked("nothing", "iam:PassRole", build, handed(service)),
      ),
    ]),
    ...["acme__pipeline_builds", "acme__github_plan"].map((name) =>
      asked("deny", "iam:CreatePolicyVersion", `arn:aws:iam::333333333333:policy/${name}`),
    ),
    asked("nothing", "iam:PutRolePolicy", "arn:aws:iam::333333333333:role/acme_globex_hello"),
  ]);
});

test("a role within the boundary may use tables, and what extensions commonly add", () => {
  const document = boundaryDocument(["deployer"]);
  const table = "arn:aws:dynamodb:eu-central-1:333333333333:table/acme_globex_orders";
  for (const [action, resource, context] of [
    ["dynamodb:PutItem", table, {}],
    ["dynamodb:Query", `${table}/index/by-state`, {}],
    [
      "kms:Decrypt",
      "arn:aws:kms:eu-central-1:333333333333:key/mrk-1",
      { "kms:ViaService": "dynamodb.eu-central-1.amazonaws.com" },
    ],
    ["sqs:ReceiveMessage", "arn:aws:sqs:eu-central-1:333333333333:acme_globex_queue", {}],
    ["lambda:InvokeFunction", "arn:aws:lambda:eu-central-1:333333333333:function:acme_globex_hello:live", {}],
    ["ec2:CreateNetworkInterface", "*", {}],
  ] as const) {
    expect(verdict(document, asked("allow", action, resource, context).request)).toBe("allow");
  }
});

test("no role within the boundary decides about access, or becomes a deploy role or an administrator anywhere", () => {
  const administrators = [
    "AWSCloudFormationStackSetExecutionRole",
    "AWSControlTowerExecution",
    "OrganizationAccountAccessRole",
    "cdk-hnb659fds-deploy-role-444444444444-eu-central-1",
    "cdk-acme-cfn-exec-role-444444444444-eu-central-1",
    "stacksets-exec-0a1b2c3d",
  ];
  expectTight(boundaryDocument(["deployer", "org-deployer"]), [
    asked("allow", "dynamodb:GetItem", "arn:aws:dynamodb:eu-central-1:333333333333:table/orders"),
    asked("allow", "sts:AssumeRole", "arn:aws:iam::444444444444:role/reader"),
    asked("deny", "sts:AssumeRole", role),
    asked("deny", "sts:AssumeRole", "arn:aws:iam::444444444444:role/deployer"),
    asked("deny", "sts:AssumeRole", "arn:aws:iam::111111111111:role/org-deployer"),
    ...administrators.map((name) =>
      asked("deny", "sts:AssumeRole", `arn:aws:iam::444444444444:role/${name}`),
    ),
    asked("nothing", "account:EnableRegion", "*"),
    asked("nothing", "cloudformation:UpdateStack", "*"),
    asked("nothing", "iam:CreateRole", "arn:aws:iam::333333333333:role/acme_globex_hello"),
    asked("nothing", "identity-sync:CreateSyncProfile", "*"),
    asked("nothing", "identitystore:CreateGroup", "*"),
    asked("nothing", "identitystore-auth:BatchDeleteSession", "*"),
    asked("nothing", "organizations:LeaveOrganization", "*"),
    asked("nothing", "sso:CreateAccountAssignment", "*"),
    asked("nothing", "sso-directory:CreateUser", "*"),
    asked("nothing", "sso-oauth:CreateTokenWithIAM", "*"),
    asked("nothing", "sts:AssumeRoot", "arn:aws:iam::444444444444:root"),
  ]);
});

describe("a deploy role can be assumed", () => {
  const by = (account: string, context = {}, action = "sts:AssumeRole") =>
    requestOf({
      ...{ action, resource: role, region: "us-east-1", context },
      principal: `arn:aws:iam::${account}:role/delivery`,
    });
  const external = { "sts:ExternalId": "acme-2026" };

  test("by the trusted accounts, with the external id", () => {
    expectTight(trustDocument(["111111111111", "222222222222"], "acme-2026"), [
      { request: by("111111111111", external), expected: "allow" },
      { request: by("222222222222", external), expected: "allow" },
      { request: by("222222222222"), expected: "nothing" },
      { request: by("222222222222", { "sts:ExternalId": "other" }), expected: "nothing" },
      { request: by("333333333333", external), expected: "nothing" },
      { request: by("222222222222", external, "sts:TagSession"), expected: "nothing" },
    ]);
  });

  test("without one, where the fleet file has none", () => {
    expectTight(trustDocument(["111111111111"], undefined), [
      { request: by("111111111111"), expected: "allow" },
      { request: by("333333333333"), expected: "nothing" },
      { request: by("111111111111", {}, "sts:TagSession"), expected: "nothing" },
    ]);
  });
});
