import {
  accountOf,
  contextValue,
  requestedRegion,
  requestOf,
  serviceRequestOf,
} from "../../../access/policy/request";

const role = "arn:aws:iam::333333333333:role/meridian-deploy";

test("a call by a role has the keys that AWS puts into every request", () => {
  const request = requestOf({
    action: "lambda:CreateFunction",
    region: "eu-central-1",
    principal: role,
    organization: "o-acme",
  });
  expect(request).toEqual({
    action: "lambda:CreateFunction",
    resource: "*",
    principal: { arn: role, account: "333333333333" },
    context: {
      "aws:PrincipalArn": role,
      "aws:PrincipalAccount": "333333333333",
      "aws:PrincipalType": "AssumedRole",
      "aws:PrincipalIsAWSService": "false",
      "aws:PrincipalOrgID": "o-acme",
      "aws:RequestedRegion": "eu-central-1",
      "aws:ResourceAccount": "333333333333",
      "aws:SecureTransport": "true",
    },
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
test("the principal's ARN stays the role's, whatever its session is called", () => {
  const { principal, context } = requestOf({
    action: "s3:GetObject",
    region: "eu-west-1",
    principal: role,
    session: "ci",
  });
  expect(principal).toEqual({ arn: role, account: "333333333333", session: "ci" });
  expect(context["aws:PrincipalArn"]).toBe(role);
});

test.each([
  ["arn:aws:iam::333333333333:user/ada", "User"],
  ["arn:aws:iam::333333333333:root", "Account"],
])("%s is of the type %s", (principal, type) => {
  const { context } = requestOf({ action: "s3:GetObject", region: "eu-west-1", principal });
  expect(context["aws:PrincipalType"]).toBe(type);
});

test.each(["meridian-deploy", "arn:aws:sts::333333333333:assumed-role/meridian-deploy/ci"])(
  "%s is no principal",
  (principal) => {
    expect(() => requestOf({ action: "s3:GetObject", region: "eu-west-1", principal })).toThrow(
      /is not the ARN of a role/,
    );
  },
);

test("the resource's account is said, or stands in its ARN, or is the caller's", () => {
  const accountFor = (resource: string, resourceAccount?: string) =>
    requestOf({ action: "x:Y", resource, resourceAccount, region: "eu-west-1", principal: role }).context[
      "aws:ResourceAccount"
    ];
  expect(accountFor("arn:aws:s3:::state", "111111111111")).toBe("111111111111");
  expect(accountFor("arn:aws:sqs:eu-west-1:222222222222:queue")).toBe("222222222222");
  expect(accountFor("arn:aws:s3:::state")).toBe("333333333333");
});

test("keys that are given win over those that are made", () => {
  const { context } = requestOf({
    action: "s3:GetObject",
    region: "eu-west-1",
    principal: role,
    context: { "aws:SecureTransport": "false" },
  });
  expect(context["aws:SecureTransport"]).toBe("false");
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
test.each([
  ["iam:CreateRole", "us-east-1"],
  ["IAM:CreateRole", "us-east-1"],
  ["cloudfront:CreateDistribution", "us-east-1"],
  ["globalaccelerator:CreateAccelerator", "us-west-2"],
  ["lambda:CreateFunction", "ap-south-1"],
])("%s, called from ap-south-1, is a call in %s", (action, region) => {
  expect(requestedRegion(action, "ap-south-1")).toBe(region);
});

test("a service that calls for itself is no principal of an account", () => {
  const { principal, context } = serviceRequestOf({
    action: "lambda:InvokeFunctionUrl",
    resource: "arn:aws:lambda:eu-west-1:333333333333:function:api",
    service: "cloudfront.amazonaws.com",
    region: "eu-west-1",
    context: { "aws:SourceAccount": "222222222222" },
  });
  expect(principal).toEqual({ service: "cloudfront.amazonaws.com" });
  expect(context).toEqual({
    "aws:PrincipalIsAWSService": "true",
    "aws:PrincipalServiceName": "cloudfront.amazonaws.com",
    "aws:RequestedRegion": "eu-west-1",
    "aws:ResourceAccount": "333333333333",
    "aws:SecureTransport": "true",
    "aws:SourceAccount": "222222222222",
  });
});

test("the account of an ARN is its fifth part, of twelve digits", () => {
  expect(accountOf("arn:aws:iam::111111111111:role/a")).toBe("111111111111");
  expect(accountOf("arn:aws:s3:::bucket")).toBeUndefined();
  expect(accountOf("*")).toBeUndefined();
});

test("condition keys are found whatever their case, and the last one given counts", () => {
  expect(contextValue({ "aws:SourceIp": "a" }, "AWS:sourceIP")).toBe("a");
  expect(contextValue({ "aws:SourceIp": "a", "aws:sourceip": "b" }, "aws:SourceIp")).toBe("b");
  expect(contextValue({}, "aws:SourceIp")).toBeUndefined();
});
