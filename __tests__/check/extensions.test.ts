import { extensionPermissions } from "../../check/extensions";
import type { DeployPermission, ExtensionFacts } from "../../fleet/model";
import { resolveFleet } from "../../fleet/resolve";
import { bootstrapFile } from "../support/bootstrap-fleet";

const extension = (deploy: readonly DeployPermission[]): ExtensionFacts => ({
  ...{ name: "mail-queue", adds: ["target"], resourceTypes: {} },
  deploy,
});
const found = (deploy: readonly DeployPermission[], file = bootstrapFile) =>
  extensionPermissions(resolveFleet(file, [extension(deploy)]));
const codes = (action: string, resource: string) =>
  found([{ actions: [action], resources: [resource] }]).map(({ code }) => code);

const queues = "arn:aws:sqs:*:{account}:{fleet}_*";

test("what an extension's resources need, and roles of the fleet, are no finding", () => {
  expect(codes("sqs:*", queues)).toEqual([]);
  expect(codes("ec2:DescribeVpcs", "*")).toEqual([]);
  expect(codes("iam:PassRole", "arn:aws:iam::{account}:role/{fleet}_*")).toEqual([]);
  expect(
    codes("iam:CreateServiceLinkedRole", "arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/*"),
  ).toEqual([]);
  expect(codes("iam:GetPolicy", "*")).toEqual([]);
  expect(codes("sts:AssumeRole", "arn:aws:iam::{account}:role/{fleet}_*")).toEqual([]);
});

test.each([
  ["iam:PutRolePolicy", "arn:aws:iam::{account}:role/deployer"],
  ["iam:*", "arn:aws:iam::*:role/deployer"],
  ["iam:CreatePolicyVersion", "arn:aws:iam::333333333333:policy/deployer-extensions"],
  ["iam:CreatePolicyVersion", "arn:aws:iam::{account}:policy/deployer-boundary"],
  ["iam:DeleteRolePermissionsBoundary", "arn:aws:iam::{account}:role/{fleet}_*"],
  ["sts:AssumeRole", "arn:aws:iam::*:role/deployer"],
  ["sts:AssumeRole", "arn:aws:iam::{account}:role/OrganizationAccountAccessRole"],
  ["sts:*", "arn:aws:iam::{account}:role/{fleet}_*"],
  ["cloudformation:UpdateStack", "*"],
  ["organizations:LeaveOrganization", "*"],
  ["sso:*", "*"],
  ["*", "*"],
  ["s*:*", "*"],
])("to ask for %s on %s is an error: no deploy role may", (action, resource) => {
  expect(codes(action, resource)).toEqual(["extension-refused"]);
});

test.each([
  ["iam:PassRole", "*"],
  ["iam:AttachRolePolicy", "arn:aws:iam::{account}:role/*"],
  ["iam:CreateAccessKey", "arn:aws:iam::{account}:user/somebody"],
  ["iam:PassRole", "arn:aws:iam::{account}:role/{fleet}-eu_*"],
  ["sts:AssumeRole", "*"],
  ["sts:AssumeRole*", "arn:aws:iam::444444444444:role/reader"],
])("to ask for %s on %s is a warning: it is not only the fleet's", (action, resource) => {
  expect(codes(action, resource)).toEqual(["extension-beyond-fleet"]);
});

test("what names less is of the same kind, and said without a fault of grammar", () => {
  const [problem] = found([
    { actions: ["iam:CreateAccessKey"], resources: ["arn:aws:iam::{account}:user/somebody"] },
  ]);
  expect(problem?.message).toMatch(
    / on arn:aws:iam::\{account\}:user\/somebody, which is not the fleet's alone$/,
  );
  expect(problem?.fix).toContain("arn:aws:iam::{account}:user/{fleet}_*");
});

test("a resource that AWS would refuse is found before it does", () => {
  const [problem] = found([{ actions: ["sqs:*"], resources: ["arn:aws:sqs:queue"] }]);
  expect(problem).toMatchObject({ code: "invalid-statement", path: ["fleet"] });
  expect(problem?.message).toContain('"mail-queue" names a resource');
});

test.each([
  ["arn:aws:sqs:*:{acount}:{fleet}_*", '"{acount}" in it, and `deploy` knows {fleet} and {account} only'],
  ["arn:aws:sqs:*:{account}:{cell}_*", '"{cell}" in it'],
  [`arn:aws:sqs:*:{account}:\${fleet}_*`, `"\${fleet}" in it`],
  ["arn:aws:sqs:*:{account}:{ fleet }_*", '"{ fleet }" in it'],
  ["arn:aws:sqs:*:{account:{fleet}_*", '"{account" in it'],
  ["arn:aws:sqs:*:{fleet}:jobs", '"acme" where an ARN has the account'],
  ["arn:aws:sqs:*:33333333333:jobs", '"33333333333" where an ARN has the account'],
])("a misspelt placeholder, as in %s, is found before IAM takes it for a name", (resource, what) => {
  const [problem, ...more] = found([{ actions: ["sqs:*"], resources: [resource] }]);
  expect(problem).toMatchObject({ code: "invalid-statement", message: expect.stringContaining(what) });
  expect(more).toEqual([]);
});

test.each([
  "arn:aws:s3:::{fleet}-*",
  "arn:aws:iam::aws:policy/ReadOnlyAccess",
  "arn:aws:sqs:*:*:{fleet}_*",
  "arn:aws:sqs:*:333333333333:{fleet}_*",
  `arn:aws:sqs:*:{account}:{fleet}_\${aws:PrincipalTag/team}_\${*}`,
])("%s is an ARN", (resource) => {
  expect(codes("sqs:*", resource)).toEqual([]);
});

test("a finding names the extension once, at the top of the file, and what it asks for", () => {
  const deploy = [
    { actions: ["sqs:*"], resources: [queues] },
    { actions: ["cloudformation:*", "organizations:*"], resources: ["*"] },
  ];
  expect(found(deploy)).toEqual([
    expect.objectContaining({
      code: "extension-refused",
      severity: "error",
      path: ["fleet"],
      message:
        'the extension "mail-queue" asks for cloudformation:* on * and for 1 thing more, which no deploy role may',
    }),
  ]);
});

test("what all extensions ask for has to fit into one policy", () => {
  const deploy = (length: number) => [
    { actions: ["sqs:*"], resources: [`arn:aws:sqs:*:{account}:{fleet}_${"x".repeat(length)}`] },
  ];
  expect(found(deploy(6_000)).map(({ code }) => code)).toEqual([]);
  const [problem] = found(deploy(6_100));
  expect(problem).toMatchObject({ code: "extension-policy-too-large", severity: "error", path: ["fleet"] });
  expect(problem?.message).toMatch(/takes 6,\d{3} characters .* the limit is 6,144$/);
});

test("roles that are not Meridian's are somebody else's business", () => {
  const { bootstrap: _, ...own } = bootstrapFile;
  expect(found([{ actions: ["*"], resources: ["*"] }], own)).toEqual([]);
});
