import { decide } from "../../../access/policy/decide";
import { type Call, serviceRequestOf } from "../../../access/policy/request";
import type { Statement } from "../../../fleet/policy-document";
import { allow, call, decided, deny, full, policy, role } from "./policies";

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
describe("a permissions boundary", () => {
  const boundary = [allow("boundary", ["s3:*", "cloudwatch:*", "ec2:*"])];

  test("lets through what it and an identity policy allow", () => {
    const identity = [allow("identity", ["iam:CreateUser", "s3:GetObject"])];
    expect(decided({ identity, boundary }, call("s3:GetObject"))).toBe("allowed");
    expect(decided({ identity, boundary }, call("iam:CreateUser"))).toBe("boundary-allows-not");
    expect(decided({ identity, boundary }, call("s3:PutObject"))).toBe("no-allow");
    expect(decided({ identity, boundary: [] }, call("s3:GetObject"))).toBe("boundary-allows-not");
    expect(decided({ identity }, call("iam:CreateUser"))).toBe("allowed");
  });

  test("denies by its own denies", () => {
    const decision = decide(
      { scps: [], identity: [full], boundary: [full, deny("itself", "iam:*")] },
      call("iam:GetRole"),
    );
    expect(decision).toEqual({
      allowed: false,
      reason: "explicit-deny",
      statement: { policy: "itself", index: 0, sid: "No" },
    });
  });

  test("and the levels of service control policies all have to allow", () => {
    const scps = [[allow("s3", "s3:*")]];
    expect(decided({ scps, boundary }, call("s3:GetObject"))).toBe("allowed");
    expect(decided({ scps, boundary }, call("ec2:RunInstances"))).toBe("no-scp-allows");
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
describe("the policy of a resource in the caller's account", () => {
  const queue = "arn:aws:sqs:eu-west-1:333333333333:orders";
  const send = (more: Partial<Call> = {}) => call("sqs:SendMessage", { resource: queue, ...more });
  const to = (Principal: Statement["Principal"]) =>
    policy("queue", { Effect: "Allow", Principal, Action: "sqs:*", Resource: queue });

  test("grants by itself, and so does the identity", () => {
    expect(decide({ scps: [], identity: [], resource: to({ AWS: role }) }, send())).toEqual({
      allowed: true,
      reason: "allowed",
      statement: { policy: "queue", index: 0 },
    });
    expect(decide({ scps: [], identity: [full], resource: to({ AWS: "444444444444" }) }, send())).toEqual({
      allowed: true,
      reason: "allowed",
      statement: { policy: "FullAWSAccess", index: 0 },
    });
    expect(decided({ identity: [], resource: to({ AWS: "444444444444" }) }, send())).toBe("no-allow");
  });

  test("leaves it to the identities where it names their account", () => {
    const resource = to({ AWS: "333333333333" });
    expect(decided({ identity: [], resource }, send())).toBe("no-allow");
    expect(decided({ identity: [full], resource }, send())).toBe("allowed");
  });

  test("is within the boundary where it names a role, and not where it names a user, a session or everyone", () => {
    const within = (Principal: Statement["Principal"], more?: Partial<Call>) =>
      decided({ identity: [], boundary: [allow("boundary", "s3:*")], resource: to(Principal) }, send(more));
    const user = "arn:aws:iam::333333333333:user/ada";
    expect(within({ AWS: role })).toBe("boundary-allows-not");
    expect(within({ AWS: user }, { principal: user })).toBe("allowed");
    expect(within({ AWS: "arn:aws:sts::333333333333:assumed-role/support/ci" }, { session: "ci" })).toBe(
      "allowed",
    );
    expect(within("*")).toBe("allowed");
  });

  test("denies also whom the identity allows", () => {
    const resource = policy("queue", { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: "*" });
    expect(decided({ resource }, send())).toBe("explicit-deny");
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
describe("a resource in another account", () => {
  const queue = "arn:aws:sqs:eu-west-1:222222222222:orders";
  const send = call("sqs:SendMessage", { resource: queue });
  const to = (Principal: Statement["Principal"]) =>
    policy("queue", { Effect: "Allow", Principal, Action: "sqs:*", Resource: queue });

  test.each([{ AWS: "333333333333" }, { AWS: role }, "*"] as const)(
    "needs the identity's policy and its own, which names %j",
    (principal) => {
      expect(decided({ identity: [full], resource: to(principal) }, send)).toBe("allowed");
      expect(decided({ identity: [], resource: to(principal) }, send)).toBe("no-allow");
      expect(decided({ identity: [full], boundary: [], resource: to(principal) }, send)).toBe(
        "boundary-allows-not",
      );
    },
  );

  test("is closed without a policy that names the caller", () => {
    expect(decided({ identity: [full] }, send)).toBe("no-allow");
    expect(decided({ identity: [full], resource: to({ AWS: "222222222222" }) }, send)).toBe("no-allow");
  });

  test("may be a bucket, in whose ARN no account stands", () => {
    const bucket = { resource: "arn:aws:s3:::state/a", resourceAccount: "222222222222" };
    expect(decided({ identity: [full] }, call("s3:GetObject", bucket))).toBe("no-allow");
    expect(decided({ identity: [full] }, call("s3:GetObject", { resource: bucket.resource }))).toBe(
      "allowed",
    );
  });
});

// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
describe.each([
  ["a key", "kms:Decrypt", "arn:aws:kms:eu-west-1:333333333333:key/1"],
  ["a role", "sts:AssumeRole", "arn:aws:iam::333333333333:role/other"],
  ["a role (tags)", "sts:TagSession", "arn:aws:iam::333333333333:role/other"],
])("the policy of %s has to allow, also within an account", (_, action, resource) => {
  const to = (Principal: Statement["Principal"]) =>
    policy("own", { Effect: "Allow", Principal, Action: action });
  const use = call(action, { resource });

  test("the identity by itself is not enough", () => {
    expect(decided({ resource: to({ AWS: "222222222222" }) }, use)).toBe("no-allow");
    expect(decided({ resource: to({ AWS: "333333333333" }) }, use)).toBe("allowed");
  });

  test("it is enough by itself where it names the role, not where it names the account", () => {
    expect(decided({ identity: [], resource: to({ AWS: role }) }, use)).toBe("allowed");
    expect(decided({ identity: [], resource: to({ AWS: "333333333333" }) }, use)).toBe("no-allow");
  });

  test("where it is not given, the caller's side is what is asked", () => {
    expect(decided({}, use)).toBe("allowed");
    expect(decided({ identity: [] }, use)).toBe("no-allow");
  });
});

test("a service is let in by the policy of the resource alone", () => {
  const request = serviceRequestOf({
    action: "lambda:InvokeFunctionUrl",
    resource: "arn:aws:lambda:eu-west-1:333333333333:function:api",
    service: "cloudfront.amazonaws.com",
    region: "eu-west-1",
    context: { "aws:SourceAccount": "222222222222" },
  });
  const to = (account: string) =>
    policy("function", {
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "lambda:InvokeFunctionUrl",
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    });
  const scps = [[deny("nothing", "*")]];
  expect(decided({ scps, identity: [], boundary: [], resource: to("222222222222") }, request)).toBe(
    "allowed",
  );
  const nothing = [deny("nothing", "*")];
  expect(decided({ identity: nothing, boundary: nothing, resource: to("222222222222") }, request)).toBe(
    "allowed",
  );
  expect(decided({ identity: [], resource: to("444444444444") }, request)).toBe("no-allow");
  expect(decided({ identity: [full] }, request)).toBe("no-allow");
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
test("to set a source identity takes the trust policy, and for a role its own policies as well", () => {
  const user = "arn:aws:iam::333333333333:user/ada";
  const trust = (...AWS: string[]) =>
    policy("trust", { Effect: "Allow", Principal: { AWS }, Action: "sts:SetSourceIdentity" });
  const set = (principal: string) =>
    call("sts:SetSourceIdentity", { principal, resource: "arn:aws:iam::333333333333:role/other" });
  expect(decided({ resource: trust("222222222222") }, set(user))).toBe("no-allow");
  expect(decided({ identity: [], resource: trust(user) }, set(user))).toBe("allowed");
  expect(decided({ resource: trust("222222222222") }, set(role))).toBe("no-allow");
  expect(decided({ identity: [], resource: trust(role) }, set(role))).toBe("no-allow");
  expect(decided({ resource: trust(role) }, set(role))).toBe("allowed");
  expect(decided({ boundary: [], resource: trust(role) }, set(role))).toBe("boundary-allows-not");
});

// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
test("who one is can be asked whatever policies say", () => {
  const nothing = deny("nothing", "*");
  const ask = call("sts:GetCallerIdentity");
  expect(decided({ scps: [[nothing]], identity: [nothing], boundary: [nothing] }, ask)).toBe("allowed");
  expect(decided({ identity: [nothing] }, call("sts:GetSessionToken"))).toBe("explicit-deny");
});

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
describe("the root user", () => {
  const principal = "arn:aws:iam::333333333333:root";
  const by = (action: string, resource = "arn:aws:iam::333333333333:role/other") =>
    call(action, { principal, resource });
  const trust = policy("trust", { Effect: "Allow", Principal: { AWS: "333333333333" }, Action: "sts:*" });

  test("may do everything else in its account, and assumes no role, nor the root user of another account", () => {
    expect(decided({ identity: [] }, by("iam:DeleteRole"))).toBe("allowed");
    expect(decided({ identity: [], resource: trust }, by("sts:AssumeRole"))).toBe("not-for-root");
    expect(decided({ identity: [] }, by("sts:AssumeRole"))).toBe("not-for-root");
    expect(decided({ identity: [] }, by("STS:AssumeRoot", principal))).toBe("not-for-root");
  });

  test("is denied before that by whoever denies it", () => {
    expect(decided({ scps: [[full, deny("no-sts", "sts:*")]], identity: [] }, by("sts:AssumeRole"))).toBe(
      "explicit-deny",
    );
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
test("a deny of one identity policy counts before an allow of another", () => {
  expect(decide({ scps: [], identity: [full, deny("no-s3", "s3:*")] }, call("s3:GetObject"))).toEqual({
    allowed: false,
    reason: "explicit-deny",
    statement: { policy: "no-s3", index: 0, sid: "No" },
  });
});

test("a policy with principals is refused as an identity's, and one without as a resource's", () => {
  const withPrincipal = policy("bucket", { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" });
  const trust = policy("trust", { Effect: "Allow", Action: "s3:*" });
  const request = call("s3:GetObject");
  expect(() => decided({ identity: [withPrincipal] }, request)).toThrow(/"bucket" names principals/);
  expect(() => decided({ scps: [[withPrincipal]] }, request)).toThrow(/"bucket" names principals/);
  expect(() => decided({ boundary: [withPrincipal] }, request)).toThrow(/"bucket" names principals/);
  expect(() => decided({ identity: [trust] }, request)).toThrow(/"trust" has a statement without Resource/);
  expect(() => decided({ resource: full }, request)).toThrow(
    /"FullAWSAccess" of a resource has a statement without/,
  );
});
