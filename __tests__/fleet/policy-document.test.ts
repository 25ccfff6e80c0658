import {
  listOf,
  type PolicyDocument,
  policySize,
  statementsOf,
  versionOf,
} from "../../fleet/policy-document";

test("a single statement and a single value are lists of one", () => {
  const statement = { Effect: "Allow", Action: "s3:*", Resource: "*" } as const;
  expect(statementsOf({ Statement: statement })).toEqual([statement]);
  expect(statementsOf({ Statement: [statement, statement] })).toHaveLength(2);
  expect(listOf("s3:*")).toEqual(["s3:*"]);
  expect(listOf(undefined)).toEqual([]);
});

test("a document without a version is one of 2008", () => {
  expect(versionOf({ Statement: [] })).toBe("2008-10-17");
  expect(versionOf({ Version: "2012-10-17", Statement: [] })).toBe("2012-10-17");
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
test("the size counts no white space between elements, but that within quotation marks", () => {
  const spaced = `{
    "Version": "2012-10-17",
    "Statement": [ { "Sid": "a b", "Effect": "Deny", "Action": "*", "Resource": "*" } ]
  }`;
  const compact =
    '{"Version":"2012-10-17","Statement":[{"Sid":"a b","Effect":"Deny","Action":"*","Resource":"*"}]}';
  expect(policySize(JSON.parse(spaced) as PolicyDocument)).toBe(compact.length);
});

test("a character of two bytes counts twice", () => {
  const document = (Sid: string): PolicyDocument => ({ Statement: { Sid, Effect: "Deny", Action: "*" } });
  expect(policySize(document("ü")) - policySize(document("u"))).toBe(1);
});
