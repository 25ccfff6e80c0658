import { findingsOf, fleetText } from "../support/findings";

const fixes = (condition: string) =>
  findingsOf(
    fleetText({
      organization: `units: [workloads], policies: { p: { units: [workloads], statements: [{ Effect: Deny, NotAction: "iam:*", Condition: { ${condition} } }] } }`,
    }),
  ).map(({ code, fix }) => [code, fix]);

test.each([
  'StringEquals: { "aws:RequestedRegion": [eu-west-1] }',
  '"ForAllValues:StringNotLikeIfExists": { "aws:TagKeys": a }',
  'IpAddress: { "aws:SourceIp": 10.0.0.0/8 }',
  '"Null": { "aws:TokenIssueTime": "true" }',
  'DateLessThan: { "aws:CurrentTime": "2030-01-01" }',
])("%s is known", (condition) => {
  expect(fixes(condition)).toEqual([]);
});

test.each([
  ["StringEqual: { a: b }", 'write "StringEquals"'],
  ["stringequals: { a: b }", 'write "StringEquals"'],
  ['"ForAnyValue:StringLik": { a: b }', 'write "ForAnyValue:StringLike"'],
  ["BoolIfExist: { a: b }", 'write "BoolIfExists"'],
  ["NullIfExists: { a: b }", expect.stringContaining('write "')],
  ['"ForAnyValue:Null": { a: b }', 'write "Null", in quotes, with nothing before or after it'],
  ["Null: { a: b }", 'write "Null", in quotes'],
  ["Contains: { a: b }", expect.stringContaining("use one of IAM's")],
])("%s is not", (condition, fix) => {
  expect(fixes(condition)).toEqual([["invalid-statement", fix]]);
});
