// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like that
import { newGrants } from "../../../access/policy/wider";
import {
  type ConditionBlock,
  type PolicyDocument,
  PolicyError,
  type Statement,
} from "../../../fleet/policy-document";
import { fc } from "../../support/properties";

const place = { account: "111111111111", region: "eu-central-1" };
const document = (...Statement: readonly Statement[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement,
});
const allow = (Action: string | readonly string[], more: Partial<Statement> = {}): Statement => ({
  ...{ Effect: "Allow", Action, Resource: "*" },
  ...more,
});
const deny = (Action: string, more: Partial<Statement> = {}): Statement => ({
  ...allow(Action, more),
  Effect: "Deny",
});
const bucket = "arn:aws:s3:::data/*";
const grants = (before: PolicyDocument, after: PolicyDocument) => newGrants(before, after, place);

test("another action, a wildcard in its place, another resource", () => {
  const before = document(allow("s3:GetObject", { Resource: bucket }));
  expect(grants(before, document(allow(["s3:GetObject", "s3:PutObject"], { Resource: bucket })))).toEqual([
    { action: "s3:PutObject", resource: bucket },
  ]);
  expect(grants(before, document(allow("s3:Get*", { Resource: bucket })))).toEqual([
    { action: "s3:Get*", resource: bucket },
  ]);
  expect(grants(before, document(allow("s3:GetObject")))).toEqual([
    { action: "s3:GetObject", resource: "*" },
  ]);
});

test("a principal that the trust policy did not name", () => {
  const trust = (AWS: readonly string[]) =>
    document({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS } });
  const [one, two] = ["arn:aws:iam::111111111111:role/one", "222222222222"] as const;
  expect(grants(trust([one]), trust([one, two]))).toEqual([
    { principal: two, action: "sts:AssumeRole", resource: "*" },
  ]);
  expect(grants(trust([one, two]), trust([two]))).toEqual([]);
});

test("a condition that goes, and one more value", () => {
  const key = "aws:RequestedRegion";
  const inRegions = (...regions: readonly string[]) =>
    document(allow("s3:GetObject", { Condition: { StringEquals: { [key]: regions } } }));
  expect(grants(inRegions("eu-west-1"), document(allow("s3:GetObject")))).toHaveLength(1);
  expect(grants(inRegions("eu-west-1"), inRegions("eu-west-1", "us-east-1"))).toMatchObject([
    { action: "s3:GetObject", where: { key, value: "us-east-1" } },
  ]);
  expect(grants(document(allow("s3:GetObject")), inRegions("eu-west-1"))).toEqual([]);
});

test("a variable in a condition is what the request makes of it", () => {
  const own = { StringEquals: { "aws:ResourceTag/cost center": "${aws:PrincipalTag/cost center}" } };
  const others = { StringNotEquals: { "aws:ResourceTag/cost center": "${aws:PrincipalTag/cost center}" } };
  expect(grants(document(), document(allow("s3:GetObject", { Condition: own })))).toEqual([
    { action: "s3:GetObject", resource: "*" },
  ]);
  const before = document(allow("s3:*"), deny("s3:GetObject", { Condition: others }));
  expect(grants(before, document(allow("s3:*")))).toMatchObject([
    { action: "s3:GetObject", where: { key: "aws:ResourceTag/cost center" } },
  ]);
  // Who has no tag is denied, and no longer where the variable has a default.
  const withDefault = {
    StringNotEquals: { "aws:ResourceTag/cost center": "${aws:PrincipalTag/cost center, 'zzz'}" },
  };
  const after = document(allow("s3:*"), deny("s3:GetObject", { Condition: withDefault }));
  expect(grants(before, after)).toMatchObject([{ where: { key: "aws:PrincipalTag/cost center" } }]);
});

test("a deny that goes, or lets one more through, allows what it denied", () => {
  const before = document(allow("s3:*"), deny("s3:Delete*"));
  expect(grants(before, document(allow("s3:*")))).toMatchObject([{ action: "s3:Delete*" }]);
  const guard = (...roles: readonly string[]) =>
    document(deny("*", { Condition: { ArnNotLike: { "aws:PrincipalArn": roles } } }));
  const [a, b] = ["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/b"] as const;
  expect(newGrants(guard(a), guard(a, b), { ...place, onlyDenies: true })).toMatchObject([
    { action: "*", where: { key: "aws:PrincipalArn" } },
  ]);
  expect(newGrants(guard(a, b), guard(a), { ...place, onlyDenies: true })).toEqual([]);
});

test("a deny that goes together with what it was about allows nothing", () => {
  expect(grants(document(allow("s3:*"), deny("s3:Delete*")), document(allow("s3:GetObject")))).toEqual([]);
});

test("the same in other words is not wider", () => {
  const before = document(allow(["s3:Get*", "s3:PutObject"]), allow("sqs:SendMessage"));
  const after = document(
    allow(["sqs:SendMessage", "s3:PutObject"]),
    allow("s3:GetObject"),
    allow("s3:GetBucket*"),
  );
  expect(grants(before, after)).toEqual([]);
});

test("what cannot be evaluated is said to be so", () => {
  const odd = document({
    Effect: "Allow",
    Action: "s3:*",
    Resource: "*",
    NotPrincipal: { AWS: "111111111111" },
  });
  expect(() => grants(document(allow("s3:GetObject")), odd)).toThrow(PolicyError);
});

const statement = fc.record({
  Effect: fc.constantFrom("Allow" as const, "Deny" as const),
  Action: fc.subarray(["s3:Get*", "s3:GetObject", "s3:Put*", "sqs:*", "*"], { minLength: 1 }),
  Resource: fc.constantFrom("*", bucket, "arn:aws:s3:::data/a", "arn:aws:sqs:*:111111111111:jobs"),
  Condition: fc.constantFrom<ConditionBlock | undefined>(
    undefined,
    { StringEquals: { "aws:RequestedRegion": ["eu-west-1", "eu-central-1"] } },
    { StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } },
    { NumericLessThan: { "s3:max-keys": 10 } },
    { Bool: { "aws:SecureTransport": "false" } },
  ),
});
const policy = fc.array(statement, { minLength: 1, maxLength: 4 });

test("a document in another order, or with one allowance less, is never called wider", () => {
  fc.assert(
    fc.property(policy, fc.nat(3), (statements, index) => {
      const whole = document(...statements);
      expect(grants(whole, document(...[...statements].reverse()))).toEqual([]);
      const fewer = statements.filter((each, place) => place !== index || each.Effect === "Deny");
      expect(grants(whole, document(...fewer))).toEqual([]);
      expect(grants(whole, document(...statements, deny("s3:GetObject")))).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
