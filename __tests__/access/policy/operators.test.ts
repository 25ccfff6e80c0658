import { operators, parseOperator } from "../../../access/policy/operators";

function holds(name: string, value: string, wanted: string): boolean {
  const operator = operators.get(name);
  if (!operator) throw new Error(name);
  return operator.fits(value, [{ text: wanted, literal: false }]) !== operator.negated;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
test.each([
  ["StringEquals", "john", "john", true],
  ["StringEquals", "John", "john", false],
  ["StringEquals", "john", "jo*", false],
  ["StringNotEquals", "john", "john", false],
  ["StringNotEquals", "John", "john", true],
  ["StringEqualsIgnoreCase", "John", "jOHN", true],
  ["StringEqualsIgnoreCase", "Joan", "john", false],
  ["StringNotEqualsIgnoreCase", "John", "jOHN", false],
  ["StringNotEqualsIgnoreCase", "Joan", "john", true],
  ["StringLike", "home/ada/x", "home/*/?", true],
  ["StringLike", "Home", "home", false],
  ["StringNotLike", "home/ada/x", "home/*", false],
  ["StringNotLike", "away", "home/*", true],
  ["ArnEquals", "arn:aws:iam::333333333333:role/a", "arn:aws:iam::*:role/a", true],
  ["ArnLike", "arn:aws:iam::333333333333:role/a", "arn:aws:iam::*:role/b", false],
  ["ArnNotEquals", "arn:aws:iam::333333333333:role/a", "arn:aws:iam::*:role/a", false],
  ["ArnNotLike", "arn:aws:iam::333333333333:role/a", "arn:aws:iam::*:role/b", true],
  ["Bool", "true", "true", true],
  ["Bool", "TRUE", "True", true],
  ["Bool", "false", "true", false],
  ["NumericEquals", "10", "10.0", true],
  ["NumericNotEquals", "10", "10.0", false],
  ["NumericLessThan", "9", "10", true],
  ["NumericLessThan", "10", "10", false],
  ["NumericLessThanEquals", "10", "10", true],
  ["NumericGreaterThan", "11", "10", true],
  ["NumericGreaterThan", "10", "10", false],
  ["NumericGreaterThanEquals", "10", "10", true],
  ["NumericLessThan", "many", "10", false],
  ["NumericNotEquals", "many", "10", true],
  ["DateGreaterThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", true],
  ["DateGreaterThan", "2025-12-31T23:59:59Z", "2025-12-31T23:59:59Z", false],
  ["DateEquals", "1767225600", "2026-01-01T00:00:00Z", true],
  ["DateNotEquals", "1767225600", "2026-01-01T00:00:00Z", false],
  ["DateLessThan", "2026-01-01T00:00:00+02:00", "2026-01-01T00:00:00Z", true],
  ["DateLessThanEquals", "2026-01-01", "2026-01-01T00:00:00Z", true],
  ["DateGreaterThanEquals", "2026-01-01T00:00:00Z", "2026", true],
])("%s: %s against %s is %p", (name, value, wanted, expected) => {
  expect(holds(name, value, wanted)).toBe(expected);
});

test.each([
  ["Bool", "yes"],
  ["NumericEquals", "ten"],
  ["DateEquals", "yesterday"],
  ["DateEquals", "*"],
  ["ArnLike", "*"],
])("%s does not take %s", (name, wanted) => {
  expect(() => holds(name, "arn:aws:x:a:b:c", wanted)).toThrow(/takes|cannot take|is no ARN/);
});

test.each([
  ["StringLike", { base: "StringLike", ifExists: false }],
  ["StringNotLikeIfExists", { base: "StringNotLike", ifExists: true }],
  ["ForAllValues:StringEqualsIfExists", { set: "ForAllValues", base: "StringEquals", ifExists: true }],
  ["ForAnyValue:ArnLike", { set: "ForAnyValue", base: "ArnLike", ifExists: false }],
  ["Null", { base: "Null", ifExists: false }],
])("%s is understood", (name, expected) => {
  expect(parseOperator(name)).toEqual(expected);
});

test.each([
  "IpAddress",
  "BinaryEquals",
  "stringequals",
  "StringEqual",
  "NullIfExists",
  "ForAllValues:Null",
  "ForSomeValues:StringEquals",
  "ForAnyValue:StringEqualsIfExists",
  "",
])("%j is not guessed at", (name) => {
  expect(() => parseOperator(name)).toThrow(/is not evaluated|contradicts itself/);
});
