// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like that

import { applyingStatements, evaluateStatement, verdict } from "../../../access/policy/evaluate";
import { type Call, requestOf } from "../../../access/policy/request";
import type { PolicyDocument, Statement } from "../../../fleet/policy-document";

const call = (action: string, resource = "*", more: Partial<Call> = {}) =>
  requestOf({
    action,
    resource,
    region: "eu-west-1",
    principal: "arn:aws:iam::333333333333:role/support",
    ...more,
  });

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
describe("NotAction", () => {
  const allButIam: Statement = { Effect: "Allow", NotAction: ["iam:*", "s3:DeleteBucket"], Resource: "*" };

  test("means every action but those that it names", () => {
    expect(evaluateStatement(allButIam, call("lambda:CreateFunction"))).toBe(true);
    expect(evaluateStatement(allButIam, call("iam:CreateUser"))).toBe(false);
    expect(evaluateStatement(allButIam, call("S3:deletebucket"))).toBe(false);
  });

  test("is still bound to the resource", () => {
    const buckets: Statement = { Effect: "Allow", NotAction: "s3:DeleteBucket", Resource: "arn:aws:s3:::*" };
    expect(evaluateStatement(buckets, call("s3:GetObject", "arn:aws:s3:::a/b"))).toBe(true);
    expect(evaluateStatement(buckets, call("s3:DeleteBucket", "arn:aws:s3:::a"))).toBe(false);
    expect(evaluateStatement(buckets, call("iam:CreateUser"))).toBe(false);
  });

  test("in an Allow denies nothing, so that another statement may still allow it", () => {
    const document: PolicyDocument = {
      Statement: [allButIam, { Effect: "Allow", Action: "iam:GetUser", Resource: "*" }],
    };
    expect(verdict(document, call("iam:GetUser"))).toBe("allow");
    expect(verdict(document, call("iam:CreateUser"))).toBe("nothing");
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
describe("NotResource", () => {
  const elsewhere: Statement = {
    Effect: "Deny",
    Action: "s3:*",
    NotResource: ["arn:aws:s3:::payroll", "arn:aws:s3:::payroll/*"],
  };

  test("means every resource but those that it names, also where a call names none", () => {
    expect(evaluateStatement(elsewhere, call("s3:GetObject", "arn:aws:s3:::payroll/a"))).toBe(false);
    expect(evaluateStatement(elsewhere, call("s3:GetObject", "arn:aws:s3:::public/a"))).toBe(true);
    expect(evaluateStatement(elsewhere, call("s3:ListAllMyBuckets"))).toBe(true);
  });

  test("in a Deny allows nothing", () => {
    const document: PolicyDocument = { Statement: elsewhere };
    expect(verdict(document, call("s3:GetObject", "arn:aws:s3:::payroll/a"))).toBe("nothing");
  });

  // "the resource that includes a policy variable with no value will not match any resource"
  test("with a variable that has no value leaves that one out, as Resource does", () => {
    const own: Statement = {
      ...elsewhere,
      NotResource: ["arn:aws:s3:::home/${aws:username}", "arn:aws:s3:::public/*"],
    };
    const ofUser = { context: { "aws:username": "a" } };
    expect(evaluateStatement(own, call("s3:GetObject", "arn:aws:s3:::home/a", ofUser))).toBe(false);
    expect(evaluateStatement(own, call("s3:GetObject", "arn:aws:s3:::home/a"))).toBe(true);
    expect(evaluateStatement(own, call("s3:GetObject", "arn:aws:s3:::home/"))).toBe(true);
    expect(evaluateStatement(own, call("s3:GetObject", "arn:aws:s3:::public/a"))).toBe(false);
    const { NotResource, ...rest } = own;
    const within: Statement = { ...rest, Resource: NotResource };
    expect(evaluateStatement(within, call("s3:GetObject", "arn:aws:s3:::home/"))).toBe(false);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
test("a variable keeps everyone to their own part of a bucket", () => {
  const document = (Version: PolicyDocument["Version"]): PolicyDocument => ({
    ...(Version && { Version }),
    Statement: {
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::state/${aws:PrincipalAccount}/*",
    },
  });
  const own = call("s3:PutObject", "arn:aws:s3:::state/333333333333/a");
  expect(verdict(document("2012-10-17"), own)).toBe("allow");
  expect(verdict(document("2012-10-17"), call("s3:PutObject", "arn:aws:s3:::state/222222222222/a"))).toBe(
    "nothing",
  );
  expect(verdict(document(undefined), own)).toBe("nothing");
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
test("a version that does not exist is refused", () => {
  const document = { Version: "2012-10-18", Statement: [] } as unknown as PolicyDocument;
  const statement: Statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
  const odd = { ...document, Statement: statement };
  expect(() => verdict(odd, call("s3:GetObject"))).toThrow(/there is no version "2012-10-18"/);
});

test("principal, action, resource and conditions all have to match", () => {
  const statement: Statement = {
    Effect: "Allow",
    Principal: { AWS: "333333333333" },
    Action: "sqs:SendMessage",
    Resource: "arn:aws:sqs:eu-west-1:222222222222:orders",
    Condition: { Bool: { "aws:SecureTransport": "true" } },
  };
  const request = call("sqs:SendMessage", "arn:aws:sqs:eu-west-1:222222222222:orders");
  expect(evaluateStatement(statement, request)).toBe(true);
  expect(evaluateStatement({ ...statement, Principal: { AWS: "444444444444" } }, request)).toBe(false);
  expect(evaluateStatement({ ...statement, Action: "sqs:ReceiveMessage" }, request)).toBe(false);
  expect(evaluateStatement({ ...statement, Resource: "arn:aws:sqs:*:*:bills" }, request)).toBe(false);
  expect(evaluateStatement({ ...statement, Condition: { Bool: { "x:Key": "true" } } }, request)).toBe(false);
});

test("the trust policy of a role has no resource: it is about its role", () => {
  const statement: Statement = { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" };
  expect(evaluateStatement(statement, call("sts:AssumeRole", "arn:aws:iam::222222222222:role/a"))).toBe(true);
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html#AccessPolicyLanguage_Interplay
test("a deny counts before an allow, in whatever order they stand", () => {
  const statements: readonly Statement[] = [
    { Sid: "Read", Effect: "Allow", Action: ["iam:Get*", "iam:List*"], Resource: "*" },
    { Sid: "NoReports", Effect: "Deny", Action: "iam:*Report", Resource: "*" },
  ];
  for (const Statement of [statements, statements.toReversed()]) {
    expect(verdict({ Statement }, call("iam:GetUser"))).toBe("allow");
    expect(verdict({ Statement }, call("iam:CreateUser"))).toBe("nothing");
    expect(verdict({ Statement }, call("iam:GetCredentialReport"))).toBe("deny");
  }
});

test("the statements that apply say where they stand and how they name the caller", () => {
  const document: PolicyDocument = {
    Statement: [
      { Sid: "Other", Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" },
      { Sid: "Deny", Effect: "Deny", Principal: { AWS: "333333333333" }, Action: "sqs:*", Resource: "*" },
      { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" },
    ],
  };
  expect(applyingStatements({ name: "queue", document }, call("sqs:SendMessage"))).toEqual([
    { policy: "queue", index: 1, sid: "Deny", effect: "Deny", named: "account" },
    { policy: "queue", index: 2, effect: "Allow", named: "direct" },
  ]);
});

const valid: Statement = { Sid: "Odd", Effect: "Allow", Action: "s3:*", Resource: "*" };
test.each([
  [{ Actions: "s3:*" }, /"Odd" has no element "Actions"/],
  [{ Effect: "allow" }, /neither effect/],
  [{ NotAction: "s3:*" }, /either Action or NotAction/],
  [{ Action: undefined }, /either Action or NotAction/],
  [{ NotResource: "*" }, /both Resource and NotResource/],
  [{ Principal: "*", NotPrincipal: "*" }, /both Principal and NotPrincipal/],
  [{ NotPrincipal: { AWS: "111111111111" } }, /NotPrincipal is not evaluated/],
])("a statement with %j is refused", (changed, message) => {
  const statement = { ...valid, ...changed } as Statement;
  expect(() => evaluateStatement(statement, call("ec2:RunInstances"))).toThrow(message);
});
