// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like that

import { type Verdict, verdict } from "../../access/policy/evaluate";
import { type Call, requestOf } from "../../access/policy/request";
import type { PolicyDocument, Statement } from "../../fleet/policy-document";
import { expectTight, loosened, type PolicyCase } from "./loosened";

const of = (...Statement: Statement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });
const whats = (statement: Statement) => loosened(of(statement)).map(({ what }) => what);
const role = "arn:aws:iam::333333333333:role/meridian-deploy";
const call = (action: string, resource = "*", more: Partial<Call> = {}) =>
  requestOf({ action, resource, region: "eu-west-1", principal: role, ...more });

test("an Allow means more actions, resources and values, or loses a condition", () => {
  const statement: Statement = {
    Sid: "Own",
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:Put*", "sqs:*"],
    Resource: ["arn:aws:s3:::state/${aws:PrincipalAccount}/*", "*"],
    Condition: {
      StringEquals: { "aws:RequestedRegion": ["eu-west-1", "eu-west-2"], "aws:PrincipalOrgID": "o-acme" },
      ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/meridian-*" },
      StringNotEquals: { "aws:PrincipalTag/team": ["guests", "others"] },
    },
  };
  expect(whats(statement)).toEqual([
    "Own: Action s3:*",
    "Own: Resource arn:aws:s3:::state/*/*",
    "Own: Resource arn:aws:s3:::state/*",
    "Own: Resource arn:aws:s3:::*/${aws:PrincipalAccount}/*",
    "Own: the condition StringEquals aws:RequestedRegion goes",
    "Own: the condition StringEquals aws:PrincipalOrgID goes",
    "Own: the condition ArnLike aws:PrincipalArn goes",
    "Own: the condition StringNotEquals aws:PrincipalTag/team goes",
    "Own: ArnLike aws:PrincipalArn arn:aws:iam::*:role/*",
    "Own: StringNotEquals aws:PrincipalTag/team without guests",
    "Own: StringNotEquals aws:PrincipalTag/team without others",
  ]);
});

test("an Allow of whole services means everything, and one with exceptions loses them one by one", () => {
  expect(whats({ Effect: "Allow", Action: ["s3:*", "sqs:*"], Resource: "*" })).toEqual([
    "statement 0: Action *",
  ]);
  expect(whats({ Effect: "Allow", Action: "*", Resource: "*" })).toEqual([]);
  expect(whats({ Effect: "Allow", NotAction: ["iam:*", "sts:*"], NotResource: "arn:aws:s3:::a" })).toEqual([
    "statement 0: NotAction without iam:*",
    "statement 0: NotAction without sts:*",
    "statement 0: NotResource without arn:aws:s3:::a",
  ]);
  const [last] = loosened(of({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }));
  expect(last?.document).toEqual(of({ Effect: "Allow", Resource: "*", Action: "*" }));
});

test("an Allow for roles is widened to their accounts, one for accounts and services to everyone", () => {
  const to = (Principal: Statement["Principal"]) =>
    whats({ Effect: "Allow", Principal, Action: "*", Resource: "*" });
  const root = "arn:aws:iam::333333333333:root";
  expect(to({ AWS: role })).toEqual([`statement 0: Principal ${root}`]);
  expect(to({ AWS: [role, "arn:aws:iam::333333333333:role/other"] })).toEqual([
    `statement 0: Principal ${root}`,
  ]);
  expect(to({ AWS: role, Service: "s3.amazonaws.com" })).toEqual([
    `statement 0: Principal ${root}`,
    "statement 0: Principal *",
  ]);
  expect(to({ AWS: root })).toEqual(["statement 0: Principal *"]);
  expect(to({ Service: "s3.amazonaws.com" })).toEqual(["statement 0: Principal *"]);
  expect(to({ AWS: "*" })).toEqual([]);
  expect(to("*")).toEqual([]);
});

test("a Deny goes, means less, or excepts more", () => {
  const guardrail: Statement = {
    Effect: "Deny",
    NotAction: ["iam:*", "s3:ListAllMyBuckets"],
    NotResource: "arn:aws:s3:::public/*",
    Condition: {
      StringNotEquals: { "aws:RequestedRegion": ["eu-central-1", "eu-west-1"] },
      ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/meridian-deploy" },
    },
  };
  expect(whats(guardrail)).toEqual([
    "statement 0: the statement goes",
    "statement 0: NotAction s3:*",
    "statement 0: NotResource arn:aws:s3:::*/*",
    "statement 0: StringNotEquals aws:RequestedRegion eu-*",
    "statement 0: ArnNotLike aws:PrincipalArn arn:aws:iam::*:role/*",
  ]);
  expect(loosened(of(guardrail))[3]?.document).toEqual(
    of({
      ...guardrail,
      Condition: {
        ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/meridian-deploy" },
        StringNotLike: { "aws:RequestedRegion": ["eu-central-1", "eu-west-1", "eu-*"] },
      },
    }),
  );
  expect(
    whats({
      Effect: "Deny",
      Principal: { AWS: ["111111111111", "222222222222"], Service: "s3.amazonaws.com" },
      Action: ["s3:PutObject", "s3:DeleteObject"],
      Resource: ["arn:aws:s3:::a", "arn:aws:s3:::b"],
      Condition: { StringLike: { "s3:prefix": ["a", "b"] } },
    }),
  ).toEqual([
    "statement 0: the statement goes",
    "statement 0: Action without s3:PutObject",
    "statement 0: Action without s3:DeleteObject",
    "statement 0: Resource without arn:aws:s3:::a",
    "statement 0: Resource without arn:aws:s3:::b",
    "statement 0: Principal without 111111111111",
    "statement 0: Principal without 222222222222",
    "statement 0: Principal without s3.amazonaws.com",
    "statement 0: StringLike s3:prefix without a",
    "statement 0: StringLike s3:prefix without b",
  ]);
});

test("one statement is loosened at a time, and the others stay as they are", () => {
  const open: Statement = { Sid: "Open", Effect: "Allow", Action: "*", Resource: "*" };
  const closed: Statement = { Sid: "Closed", Effect: "Deny", Action: "iam:*", Resource: "*" };
  expect(loosened(of(open, closed))).toEqual([{ what: "Closed: the statement goes", document: of(open) }]);
  expect(loosened({ Statement: closed })).toEqual([
    { what: "Closed: the statement goes", document: { Statement: [] } },
  ]);
});

const guarded: PolicyDocument = of(
  {
    Sid: "Deploy",
    Effect: "Allow",
    Action: "lambda:*",
    Resource: "arn:aws:lambda:*:333333333333:function:acme_*",
    Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
  },
  {
    Sid: "Roles",
    Effect: "Deny",
    Action: ["iam:CreateRole", "lambda:DeleteFunction"],
    Resource: "*",
    Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::333333333333:role/admin" } },
  },
);
const own = "arn:aws:lambda:eu-west-1:333333333333:function:acme_api";
const cases: readonly PolicyCase[] = [
  { request: call("lambda:CreateFunction", own), expected: "allow" },
  {
    request: call("lambda:CreateFunction", own.replace("333333333333", "222222222222")),
    expected: "nothing",
  },
  { request: call("lambda:CreateFunction", own.replace("acme_", "other_")), expected: "nothing" },
  { request: call("lambda:CreateFunction", own, { region: "us-east-1" }), expected: "nothing" },
  { request: call("sqs:SendMessage", own), expected: "nothing" },
  { request: call("iam:CreateRole"), expected: "deny" },
  { request: call("lambda:DeleteFunction", own), expected: "deny" },
  {
    request: call("iam:CreateRole", "*", { principal: "arn:aws:iam::222222222222:role/admin" }),
    expected: "deny",
  },
];

test("a loosened policy never lets less happen", () => {
  const order: readonly Verdict[] = ["deny", "nothing", "allow"];
  for (const { what, document } of loosened(guarded)) {
    const steps = cases.map(
      ({ request }) => [verdict(guarded, request), verdict(document, request)] as const,
    );
    const changes = steps.map(([before, after]) => order.indexOf(after) - order.indexOf(before));
    expect([what, Math.min(...changes), Math.max(...changes) > 0]).toEqual([what, 0, true]);
  }
});

test("cases that notice every loosening pass", () => {
  expectTight(guarded, cases);
});

test.each([
  [1, "Deploy: Resource arn:aws:lambda:*:*:function:acme_*"],
  [2, "Deploy: Resource arn:aws:lambda:*:333333333333:function:*"],
  [3, "Deploy: the condition StringEquals aws:RequestedRegion goes"],
  [4, "Deploy: Action *"],
  [6, "Roles: Action without lambda:DeleteFunction"],
  [7, "Roles: ArnNotLike aws:PrincipalArn arn:aws:iam::*:role/admin"],
])("without case %i, the form that nobody notices is named", (left, what) => {
  const rest = cases.filter((_, index) => index !== left);
  expect(() => expectTight(guarded, rest)).toThrow(what);
  expectTight(guarded, rest, { equivalent: [what] });
});

test("a case with another verdict fails, and so does an equivalent form that is noticed", () => {
  expect(() => expectTight(guarded, [{ request: call("sqs:SendMessage"), expected: "allow" }])).toThrow(
    "sqs:SendMessage on *: nothing",
  );
  expect(() => expectTight(guarded, cases, { equivalent: ["Deploy: Action *"] })).toThrow("Deploy: Action *");
});
