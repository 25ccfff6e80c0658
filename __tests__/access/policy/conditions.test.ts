// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like that
import { conditionsHold } from "../../../access/policy/conditions";
import type { Context } from "../../../access/policy/request";
import type { ConditionBlock } from "../../../fleet/policy-document";

const holds = (block: ConditionBlock | undefined, context: Context) =>
  conditionsHold(block, context, "2012-10-17");

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
describe("several operators, keys and values", () => {
  const block = {
    StringEquals: { "aws:PrincipalTag/team": ["blue", "green"], "aws:RequestedRegion": "eu-west-1" },
    Bool: { "aws:SecureTransport": "true" },
  };
  const context = {
    "aws:PrincipalTag/team": "green",
    "aws:RequestedRegion": "eu-west-1",
    "aws:SecureTransport": "true",
  };

  test("no condition holds", () => expect(holds(undefined, {})).toBe(true));
  test("one of the values is enough", () => expect(holds(block, context)).toBe(true));
  test.each([
    ["the value of a key", { "aws:PrincipalTag/team": "red" }],
    ["another key of the operator", { "aws:RequestedRegion": "eu-west-2" }],
    ["another operator", { "aws:SecureTransport": "false" }],
  ])("all have to hold, also %s", (_, changed) => {
    expect(holds(block, { ...context, ...changed })).toBe(false);
  });
  test("of a negated operator, no value may match", () => {
    const negated = { StringNotEquals: { "aws:RequestedRegion": ["eu-west-1", "eu-west-2"] } };
    expect(holds(negated, { "aws:RequestedRegion": "eu-west-2" })).toBe(false);
    expect(holds(negated, { "aws:RequestedRegion": "us-east-1" })).toBe(true);
  });
  test("keys match whatever their case", () => {
    expect(holds({ StringEquals: { "AWS:requestedREGION": "eu-west-1" } }, context)).toBe(true);
  });
  test("truth values and numbers may stand without quotation marks", () => {
    expect(holds({ Bool: { "aws:SecureTransport": true } }, context)).toBe(true);
    expect(holds({ NumericLessThan: { "s3:max-keys": 10 } }, { "s3:max-keys": "9" })).toBe(true);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe("a key that the request does not have", () => {
  test.each([
    ["StringEquals", false],
    ["StringLike", false],
    ["ArnLike", false],
    ["Bool", false],
    ["NumericLessThan", false],
    ["DateGreaterThan", false],
    ["StringNotEquals", true],
    ["StringNotLike", true],
    ["ArnNotLike", true],
    ["NumericNotEquals", true],
    ["StringEqualsIfExists", true],
    ["StringNotEqualsIfExists", true],
    ["BoolIfExists", true],
    ["ForAllValues:StringEquals", true],
    ["ForAllValues:StringNotEquals", true],
    ["ForAllValues:StringEqualsIfExists", true],
    ["ForAnyValue:StringEquals", false],
    ["ForAnyValue:StringNotEquals", false],
  ])("%s: %p", (operator, expected) => {
    expect(holds({ [operator]: { "x:Key": "true" } }, { "x:Other": "true" })).toBe(expected);
  });

  test("with IfExists a key that is there still has to match", () => {
    expect(holds({ StringEqualsIfExists: { "x:Key": "a" } }, { "x:Key": "b" })).toBe(false);
    expect(holds({ StringNotEqualsIfExists: { "x:Key": "b" } }, { "x:Key": "b" })).toBe(false);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
test.each([
  ["true", {}, true],
  ["false", {}, false],
  ["true", { "x:Key": "a" }, false],
  ["false", { "x:Key": "a" }, true],
  ["false", { "x:Key": ["a", "b"] }, true],
  ["true", { "x:Key": [] }, true],
])("Null %s of %j: %p", (wanted, context, expected) => {
  expect(holds({ Null: { "x:Key": wanted } }, context)).toBe(expected);
});

test("Null takes nothing but true and false", () => {
  expect(() => holds({ Null: { "x:Key": "no" } }, {})).toThrow(/Null takes/);
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
describe("a key with a list of values", () => {
  const any = (...values: string[]) =>
    holds({ "ForAnyValue:StringEquals": { "aws:TagKeys": ["env", "team"] } }, { "aws:TagKeys": values });
  const all = (...values: string[]) =>
    holds({ "ForAllValues:StringEquals": { "aws:TagKeys": ["env", "team"] } }, { "aws:TagKeys": values });

  test("ForAnyValue: one of the request's values is one of the policy's", () => {
    expect(any("env", "cost")).toBe(true);
    expect(any("cost")).toBe(false);
    expect(any()).toBe(false);
    expect(any("")).toBe(false);
  });

  test("ForAllValues: each of the request's values is one of the policy's, and so it is when there is none", () => {
    expect(all("env", "team")).toBe(true);
    expect(all("env", "cost")).toBe(false);
    expect(all()).toBe(true);
    expect(all("")).toBe(true);
  });

  test("negated, the question is put to each value by itself", () => {
    const context = { "aws:TagKeys": ["env", "cost"] };
    const anyNot = { "ForAnyValue:StringNotEquals": { "aws:TagKeys": ["env", "team"] } };
    const allNot = { "ForAllValues:StringNotEquals": { "aws:TagKeys": ["env", "team"] } };
    expect(holds(anyNot, context)).toBe(true);
    expect(holds(anyNot, { "aws:TagKeys": ["env", "team"] })).toBe(false);
    expect(holds(allNot, context)).toBe(false);
    expect(holds(allNot, { "aws:TagKeys": ["cost"] })).toBe(true);
  });

  test("a single value counts as a list of one", () => {
    const block = { "ForAllValues:StringEquals": { "aws:TagKeys": "env" } };
    expect(holds(block, { "aws:TagKeys": "env" })).toBe(true);
    expect(holds(block, { "aws:TagKeys": "cost" })).toBe(false);
  });

  test("without ForAnyValue or ForAllValues it is refused", () => {
    expect(() => holds({ StringEquals: { "aws:TagKeys": "env" } }, { "aws:TagKeys": ["env"] })).toThrow(
      /write ForAnyValue:StringEquals or ForAllValues:StringEquals/,
    );
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
describe("variables in values", () => {
  const own = (operator: string) => ({ [operator]: { "s3:prefix": ["${aws:username}/*", "public"] } });

  test("are filled in", () => {
    const context = { "s3:prefix": "ada/a", "aws:username": "ada" };
    expect(holds(own("StringLike"), context)).toBe(true);
    expect(holds(own("StringLike"), { ...context, "aws:username": "bob" })).toBe(false);
  });

  test("without a value match nothing, which leaves the other values", () => {
    expect(holds(own("StringLike"), { "s3:prefix": "ada/a" })).toBe(false);
    expect(holds(own("StringLike"), { "s3:prefix": "public" })).toBe(true);
  });

  // "Inverted condition operators like StringNotEquals or StringNotLike do match against a null value"
  test.each(["StringNotLike", "StringNotEquals", "ForAnyValue:StringNotLike", "ForAllValues:StringNotLike"])(
    "without a value leave %s to the other values, too",
    (operator) => {
      expect(holds(own(operator), { "s3:prefix": "ada/a" })).toBe(true);
      expect(holds(own(operator), { "s3:prefix": "public" })).toBe(false);
    },
  );

  test("with an empty value have none", () => {
    const context = { "s3:prefix": "/*", "aws:username": "" };
    expect(holds(own("StringEquals"), context)).toBe(false);
    expect(holds(own("StringNotEquals"), context)).toBe(true);
  });

  test("of which neither has a value are not equal either", () => {
    const same = (operator: string) => ({
      [operator]: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" },
    });
    expect(holds(same("StringNotEquals"), {})).toBe(true);
    expect(holds(same("StringEquals"), {})).toBe(false);
    expect(holds(same("StringNotEquals"), { "aws:ResourceTag/team": "blue" })).toBe(true);
    const both = { "aws:ResourceTag/team": "blue", "aws:PrincipalTag/team": "blue" };
    expect(holds(same("StringNotEquals"), both)).toBe(false);
  });

  test("are no variables for operators of numbers, dates and truth values", () => {
    expect(() =>
      holds({ NumericEquals: { "x:Key": "${x:Other}" } }, { "x:Key": "1", "x:Other": "1" }),
    ).toThrow(/cannot take/);
  });
});

test("a mistake shows although another condition does not hold", () => {
  const block = { StringEquals: { "x:Key": "a" }, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
  expect(() => holds(block, {})).toThrow(/"IpAddress" is not evaluated/);
});
