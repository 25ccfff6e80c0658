// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like that
import {
  arnParts,
  matchesAction,
  matchesArn,
  matchesResource,
  matchesText,
  piecesOf,
  plainText,
} from "../../../access/policy/match";

const context = {
  "aws:PrincipalAccount": "333333333333",
  "aws:username": "a*b",
  "aws:TagKeys": ["x", "y"],
  "x:Arn": "arn:aws:x:*:b:c",
  "aws:PrincipalTag/empty": "",
  "aws:PrincipalTag/cost center": "12",
  "aws:PrincipalTag/a/b:c=d+e-f@g.h_i": "all",
};
const filled = (value: string) => {
  const pieces = piecesOf(value, context, "2012-10-17");
  return pieces && plainText(pieces);
};

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
test.each([
  ["*", "s3:GetObject", true],
  ["s3:*", "s3:GetObject", true],
  ["S3:getobject", "s3:GetObject", true],
  ["iam:*AccessKey*", "iam:ListAccessKeys", true],
  ["s3:Get?bject", "s3:GetObject", true],
  ["s3:GetObject", "s3:GetObjectAcl", false],
  ["s3:Get", "s3:GetObject", false],
  ["s3.GetObject", "s3:GetObject", false],
  ["s3:GetObjec?", "s3:GetObjec", false],
  ["s3:*", "s3control:GetJob", false],
])("the action %s means %s: %p", (pattern, action, expected) => {
  expect(matchesAction(pattern, action)).toBe(expected);
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
test.each([
  ["*", "*", true],
  ["*", "arn:aws:s3:::state", true],
  ["arn:aws:s3:::state/*", "arn:aws:s3:::state/a/b:c", true],
  ["arn:aws:s3:::state/*", "arn:aws:s3:::state", false],
  ["arn:aws:s3:::state", "*", false],
  ["arn:aws:s3:::st?te", "arn:aws:s3:::state", true],
  ["arn:aws:s3:::State", "arn:aws:s3:::state", false],
  ["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:eu-west-1:333333333333:instance/i-1", true],
  ["arn:aws:ec2:eu-*-1:*:instance/*", "arn:aws:ec2:eu-west-1:333333333333:instance/i-1", true],
  // Within a part a wildcard does not reach over a colon …
  ["arn:aws:ec2:e*1:instance/i-1", "arn:aws:ec2:eu-west-1:333333333333:instance/i-1", "throws"],
  ["arn:aws:x:e*1:333333333333:a", "arn:aws:x:eu:1:333333333333:a", false],
  ["arn:aws:x:e?1:333333333333:a", "arn:aws:x:e:1:333333333333:a", false],
  // … at its end, it does.
  ["arn:aws:sqs:*:queue:a", "arn:aws:sqs:eu-west-1:333333333333:queue:a", true],
  ["arn:aws:sqs:*", "arn:aws:sqs:eu-west-1:333333333333:queue", true],
  ["arn:aws:logs:*:*:log-group:/aws/*:x", "arn:aws:logs:eu-west-1:333333333333:log-group:/aws/a:b:x", true],
  ["arn:aws:s3:::state/${aws:PrincipalAccount}/*", "arn:aws:s3:::state/333333333333/a", true],
  ["arn:aws:s3:::state/${aws:PrincipalAccount}/*", "arn:aws:s3:::state/222222222222/a", false],
  ["arn:aws:s3:::state/${*}", "arn:aws:s3:::state/*", true],
  ["arn:aws:s3:::state/${*}", "arn:aws:s3:::state/a", false],
  // What a variable stands for is no pattern.
  ["arn:aws:s3:::home/${aws:username}", "arn:aws:s3:::home/a*b", true],
  ["arn:aws:s3:::home/${aws:username}", "arn:aws:s3:::home/a-b", false],
  ["arn:aws:s3:::home/${aws:userid}", "arn:aws:s3:::home/", undefined],
  ["arn:aws:s3:${aws:PrincipalAccount}::home", "arn:aws:s3:333333333333::home", "throws"],
  ["arn:aws:sqs", "arn:aws:sqs:eu-west-1:333333333333:queue", "throws"],
  ["arn:aws", "arn:aws:sqs:eu-west-1:333333333333:queue", "throws"],
  // "You can't use a wildcard in the service segment" …
  ["arn:aws:s*:::state", "arn:aws:s3:::state", "throws"],
  ["arn:aws:?qs:*:*:queue", "arn:aws:sqs:eu-west-1:333333333333:queue", "throws"],
  ["arn:aws:*", "arn:aws:s3:::state", "throws"],
  ["arn:*", "arn:aws:s3:::state", "throws"],
  // … nor in the type of a resource, where there is one; `*` alone is in AWS's own examples.
  ["arn:aws:iam::333333333333:u*", "arn:aws:iam::333333333333:user/ada", "throws"],
  ["arn:aws:iam::*:rol?/ada", "arn:aws:iam::333333333333:role/ada", "throws"],
  ["arn:aws:lambda:*:*:func*:api", "arn:aws:lambda:eu-west-1:333333333333:function:api", "throws"],
  ["arn:aws:ec2:*:*:*/*", "arn:aws:ec2:eu-west-1:333333333333:volume/v-1", true],
  ["arn:aws:lambda:*:*:*", "arn:aws:lambda:eu-west-1:333333333333:function:api", true],
  ["arn:*:iam::*:role/ada", "arn:aws-cn:iam::333333333333:role/ada", true],
  ["arn:aws:sns:*:*:ord*", "arn:aws:sns:eu-west-1:333333333333:orders", true],
  ["arn:aws:iam::*:${aws:username}", "arn:aws:iam::333333333333:a*b", true],
  ["queue", "queue", "throws"],
])("the resource %s means %s: %p", (pattern, resource, expected) => {
  const match = () => matchesResource(pattern, resource, context, "2012-10-17");
  if (expected === "throws") expect(match).toThrow(/is no ARN|fifth colon|wildcard/);
  else expect(match()).toBe(expected);
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
test.each([
  ["${aws:PrincipalAccount}", "333333333333"],
  ["${AWS:principalaccount}/${*}${?}${$}", "333333333333/*?$"],
  ["${aws:userid, 'nobody'}", "nobody"],
  ["${aws:PrincipalAccount, 'nobody'}", "333333333333"],
  ["${aws:userid, ''}", ""],
  // An empty value is none.
  ["a${aws:PrincipalTag/empty}", undefined],
  ["${aws:PrincipalTag/empty, 'nobody'}", "nobody"],
  // The key of a tag may hold blanks, and more.
  ["${aws:PrincipalTag/cost center}", "12"],
  ["${aws:PrincipalTag/cost center, 'none'}", "12"],
  ["${aws:PrincipalTag/Größe der Gruppe, 'none'}", "none"],
  ["${aws:PrincipalTag/a/b:c=d+e-f@g.h_i}", "all"],
  ["a${aws:userid}", undefined],
  ["$aws", "$aws"],
])("%s becomes %j", (value, expected) => {
  expect(filled(value)).toBe(expected);
});

test.each([
  "${}",
  "${aws:PrincipalTag/}",
  "${aws:PrincipalTag/team }",
  "${aws:PrincipalTag/team, none}",
  "${aws:userid nobody}",
  "${aws:userid, nobody}",
])("%s is no variable", (value) => {
  expect(() => filled(value)).toThrow(/is no policy variable/);
});

test("a key with a list of values is no variable", () => {
  expect(() => filled("${aws:TagKeys}")).toThrow(/list of values/);
});

test("in a document of 2008 a variable is plain text", () => {
  const pieces = piecesOf("${aws:PrincipalAccount}", context, "2008-10-17") ?? [];
  expect(plainText(pieces)).toBe("${aws:PrincipalAccount}");
});

test("in a text, wildcards stand for anything, and other signs of expressions for themselves", () => {
  const matches = (value: string, text: string) => matchesText([{ text: value, literal: false }], text);
  expect(matches("a*c", "a:\n/c")).toBe(true);
  expect(matches("a.c", "abc")).toBe(false);
  expect(matches("(a|b)+[c]^$", "(a|b)+[c]^$")).toBe(true);
  expect(matches("a*", "ba")).toBe(false);
  expect(matches("A*", "ab")).toBe(false);
  expect(matches("?", "😀")).toBe(true);
});

test("many wildcards against a text that does not fit take no time", () => {
  const wildcards = `${"*a".repeat(30)}*b`;
  const text = "a".repeat(2000);
  const began = performance.now();
  expect(matchesText([{ text: wildcards, literal: false }], text)).toBe(false);
  expect(matchesText([{ text: wildcards, literal: false }], `${text}b`)).toBe(true);
  expect(matchesAction(`s3:${wildcards}`, `s3:${text}`)).toBe(false);
  expect(matchesResource(`arn:aws:s3:::${wildcards}`, `arn:aws:s3:::${text}`, {}, "2012-10-17")).toBe(false);
  // Seconds, minutes, never, where each `*` is tried at every place.
  expect(performance.now() - began).toBeLessThan(2000);
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
test.each([
  ["arn:aws:x:*:111111111111:money/*", "arn:aws:x:eu-west-1:111111111111:money/a", true],
  ["arn:aws:x:*:111111111111:money/*", "arn:aws:x:eu-west-1:222222222222:box/a:111111111111:money/b", false],
  ["arn:aws:iam::*:role/meridian-*", "arn:aws:iam::333333333333:role/meridian-deploy", true],
  ["arn:aws:iam::*:role/${aws:username}", "arn:aws:iam::333333333333:role/a*b", true],
  ["arn:aws:iam::*:role/${aws:username}", "arn:aws:iam::333333333333:role/a-b", false],
  ["arn:${*}:iam::*:role/a", "arn:*:iam::333333333333:role/a", true],
  ["arn:${*}:iam::*:role/a", "arn:aws:iam::333333333333:role/a", false],
  ["${x:Arn}", "arn:aws:x:*:b:c", true],
  ["${x:Arn}", "arn:aws:x:a:b:c", false],
  ["arn:*:*:*:*:*", "arn:aws:x:a:b:c:d", true],
  ["arn:*:*:*:*:*", "arn:aws:x:a:b", false],
  ["arn:*:*:*:*:*", "no ARN", false],
])("the ARN pattern %s fits %s: %p", (pattern, arn, expected) => {
  expect(matchesArn(piecesOf(pattern, context, "2012-10-17") ?? [], arn)).toBe(expected);
});

test("a pattern without six parts is refused by the Arn operators", () => {
  expect(() => matchesArn([{ text: "*", literal: false }], "arn:aws:x:a:b:c")).toThrow(/is no ARN/);
});

test("the colons after the fifth belong to the last part of an ARN", () => {
  expect(arnParts("arn:aws:logs:eu-west-1:333333333333:log-group:a:*")[5]).toBe("log-group:a:*");
});
