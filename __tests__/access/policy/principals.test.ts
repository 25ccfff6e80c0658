import { isBeyondScps, namedBy } from "../../../access/policy/principals";
import { requestOf, serviceRequestOf } from "../../../access/policy/request";
import { PolicyError, type PrincipalElement } from "../../../fleet/policy-document";

const role = "arn:aws:iam::333333333333:role/apps/support";
const user = "arn:aws:iam::333333333333:user/ada";
const named = (Principal: PrincipalElement | undefined, principal = role, session?: string) =>
  namedBy(
    { Effect: "Allow", Action: "*", Principal },
    requestOf({ action: "s3:GetObject", region: "eu-west-1", principal, session }),
  );

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
test.each<[PrincipalElement, string | undefined]>([
  ["*", "direct"],
  [{ AWS: "*" }, "direct"],
  [{ AWS: "333333333333" }, "account"],
  [{ AWS: "arn:aws:iam::333333333333:root" }, "account"],
  [{ AWS: ["111111111111", "arn:aws:iam::333333333333:root"] }, "account"],
  [{ AWS: role }, "role"],
  [{ AWS: "arn:aws:iam::333333333333:role/support" }, undefined],
  [{ AWS: "arn:aws:sts::333333333333:assumed-role/support/ci" }, "direct"],
  [{ AWS: "arn:aws:sts::333333333333:assumed-role/support/other" }, undefined],
  [{ AWS: "111111111111" }, undefined],
  [{ AWS: "arn:aws:iam::111111111111:root" }, undefined],
  [{ Service: "lambda.amazonaws.com" }, undefined],
  [{ Federated: "accounts.google.com" }, undefined],
  // The strongest of several ways counts, wherever it stands.
  [{ AWS: ["333333333333", role, "*"] }, "direct"],
  [{ AWS: ["333333333333", role] }, "role"],
])("%j names a session of a role: %s", (element, expected) => {
  expect(named(element, role, "ci")).toBe(expected);
});

test("a session is only named by its own role and name", () => {
  expect(named({ AWS: "arn:aws:sts::333333333333:assumed-role/support/ci" })).toBeUndefined();
});

test("a user is named by its ARN", () => {
  expect(named({ AWS: user }, user)).toBe("direct");
  expect(named({ AWS: user }, "arn:aws:iam::333333333333:user/bob")).toBeUndefined();
});

test("a service is named by its name, or with everyone", () => {
  const request = serviceRequestOf({
    action: "lambda:InvokeFunctionUrl",
    resource: "arn:aws:lambda:eu-west-1:333333333333:function:api",
    service: "cloudfront.amazonaws.com",
    region: "eu-west-1",
  });
  const by = (Principal: PrincipalElement) => namedBy({ Effect: "Allow", Action: "*", Principal }, request);
  expect(by({ Service: ["s3.amazonaws.com", "cloudfront.amazonaws.com"] })).toBe("direct");
  expect(by({ Service: "s3.amazonaws.com" })).toBeUndefined();
  expect(by({ AWS: "333333333333" })).toBeUndefined();
  expect(by({ AWS: "*" })).toBe("direct");
  expect(by("*")).toBe("direct");
});

test("a statement without a principal names nobody", () => {
  expect(named(undefined)).toBeUndefined();
});

test("wildcards within a principal are refused, as they are by AWS", () => {
  expect(() => named({ AWS: "arn:aws:iam::333333333333:role/*" })).toThrow(/has no wildcards/);
});

// https://repost.aws/knowledge-center/iam-resource-policy-format
test.each<PrincipalElement>([
  { CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" },
  { AWS: "AROAKSCDLFT9R5DQP782U" },
  { AWS: ["333333333333", "AIDAJQABLZS4A3QDU576Q"] },
  { AWS: "arn:aws:iam::333333333333:group/admins" },
  { Canonical: "333333333333" } as PrincipalElement,
])("%j may or may not be the caller, and is refused", (element) => {
  expect(() => named(element)).toThrow(PolicyError);
});

test("who is named with everyone is named, whoever else is", () => {
  expect(named({ AWS: "*", CanonicalUser: "79a59df900b949e55d96a1e698fbaced" })).toBe("direct");
});

test("an origin access identity of CloudFront is a principal, and nobody's role", () => {
  expect(named({ AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1" })).toBeUndefined();
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
test("service control policies reach roles, users and root users, but no services nor the roles linked to them", () => {
  const beyond = (arn: string) => isBeyondScps({ arn, account: "333333333333" });
  expect(beyond(role)).toBe(false);
  expect(beyond(user)).toBe(false);
  expect(beyond("arn:aws:iam::333333333333:root")).toBe(false);
  expect(beyond("arn:aws:iam::333333333333:role/service-role/a")).toBe(false);
  expect(beyond("arn:aws:iam::333333333333:role/aws-service-role/a.amazonaws.com/AWSServiceRoleForA")).toBe(
    true,
  );
  expect(isBeyondScps({ service: "cloudfront.amazonaws.com" })).toBe(true);
});
