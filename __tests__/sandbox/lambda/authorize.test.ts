import type { Caller } from "../../../sandbox/http";
import { arnLike, mayCallUrl } from "../../../sandbox/lambda/authorize";
import type { Statement } from "../../../sandbox/lambda/store";

const id = { account: "111111111111", region: "eu-central-1", name: "hello" };
const signed = { authType: "AWS_IAM", invokeMode: "BUFFERED", created: "", modified: "" } as const;
const open = { ...signed, authType: "NONE" } as const;
const front: Caller = { kind: "distribution", arn: "arn:aws:cloudfront::222222222222:distribution/E1" };
const principal = (account: string): Caller => ({
  kind: "principal",
  account,
  arn: `arn:aws:sts::${account}:assumed-role/deploy/session`,
});

function allow(
  Action: string,
  Principal: Statement["Principal"],
  Condition?: Statement["Condition"],
): Statement {
  return { Sid: Action, Effect: "Allow", Principal, Action, Resource: "x", Condition };
}

const service = { Service: "cloudfront.amazonaws.com" };
const from = (account: string) => ({
  ArnLike: { "AWS:SourceArn": `arn:aws:cloudfront::${account}:distribution/*` },
});
const url = "lambda:InvokeFunctionUrl";
const invoke = "lambda:InvokeFunction";

it.each([
  [
    "both actions for it",
    true,
    [allow(url, service, from("222222222222")), allow(invoke, service, from("222222222222"))],
  ],
  ["no condition", true, [allow(url, service), allow(invoke, service)]],
  ["only the URL's action", false, [allow(url, service)]],
  ["only the function's action", false, [allow(invoke, service)]],
  [
    "another account's distributions",
    false,
    [allow(url, service, from("333333333333")), allow(invoke, service, from("333333333333"))],
  ],
  [
    "another service",
    false,
    [allow(url, { Service: "s3.amazonaws.com" }), allow(invoke, { Service: "s3.amazonaws.com" })],
  ],
  [
    "an unknown condition",
    false,
    [allow(url, service), allow(invoke, service, { StringEquals: { "aws:PrincipalOrgID": "o-1" } })],
  ],
  [
    "another auth type",
    false,
    [allow(url, service, { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } }), allow(invoke, service)],
  ],
  ["nothing", false, []],
])("a distribution, and a policy with %s: %s", (_, expected, policy) => {
  expect(mayCallUrl(id, signed, policy, front)).toBe(expected);
});

it("lets principals of the function's own account in, of another one if the policy names it", () => {
  expect(mayCallUrl(id, signed, [], principal("111111111111"))).toBe(true);
  expect(mayCallUrl(id, signed, [], principal("333333333333"))).toBe(false);
  for (const AWS of ["arn:aws:iam::333333333333:root", "arn:aws:iam::333333333333:role/deploy"]) {
    const policy = [allow(url, { AWS }), allow(invoke, { AWS })];
    expect(mayCallUrl(id, signed, policy, principal("333333333333"))).toBe(true);
    expect(mayCallUrl(id, signed, policy, principal("444444444444"))).toBe(false);
  }
});

it("lets anybody in only where the URL and its policy both say so", () => {
  const policy = [allow(url, "*"), allow(invoke, "*")];
  expect(mayCallUrl(id, open, policy, { kind: "anonymous" })).toBe(true);
  expect(mayCallUrl(id, open, [], { kind: "anonymous" })).toBe(false);
  expect(mayCallUrl(id, signed, policy, { kind: "anonymous" })).toBe(false);
});

it("matches ARNs part by part", () => {
  const arn = "arn:aws:cloudfront::222222222222:distribution/E1";
  expect(arnLike("arn:aws:cloudfront::222222222222:distribution/*", arn)).toBe(true);
  expect(arnLike("arn:aws:cloudfront::*:distribution/E?", arn)).toBe(true);
  expect(arnLike("arn:aws:*", arn)).toBe(false);
  expect(arnLike("arn:aws:cloudfront::222222222222:distribution/E2", arn)).toBe(false);
});
