import { pipelineRoleCalls } from "../../../access/calls/pipeline-builds";
import {
  approvalTopicPolicy,
  artifactBucketPolicy,
  artifactKeyPolicy,
  failureTopicPolicy,
} from "../../../access/pipeline/artifacts";
import { verdict } from "../../../access/policy/evaluate";
import { type Context, requestOf, serviceRequestOf } from "../../../access/policy/request";
import { artifactBucketName, pipelineRoleName } from "../../../fleet/pipeline";
import { expectTight, type PolicyCase } from "../../support/loosened";
import { pipelineFleet } from "../../support/pipeline-fleet";

const fleet = pipelineFleet();
const region = "eu-central-1";

function by(
  principal: string,
  expected: PolicyCase["expected"],
  action: string,
  resource: string,
  context: Context = {},
): PolicyCase {
  return { expected, request: requestOf({ action, resource, region, principal, context }) };
}

const admin = "arn:aws:iam::666666666666:role/admin";
const build = "arn:aws:iam::666666666666:role/acme__pipeline_plan";
const plain = { "aws:SecureTransport": "false" };
const bucket = `arn:aws:s3:::${artifactBucketName("acme", fleet.pipeline)}`;
const report = `${bucket}/plans_to_read/production/1/1.md`;
const ifNone = { "s3:if-none-match": "*" };

test("nobody but the pipeline and its builds writes artifacts, nobody without TLS, and reading is the account's business", () => {
  expectTight(artifactBucketPolicy(fleet, fleet.pipeline), [
    by(build, "nothing", "s3:PutObject", `${bucket}/acme/Plans_prod/1`),
    by("arn:aws:iam::666666666666:role/acme__pipeline", "nothing", "s3:PutObject", `${bucket}/acme/Source/1`),
    by(admin, "deny", "s3:PutObject", `${bucket}/acme/Plans_prod/1`),
    by("arn:aws:iam::666666666666:role/other__pipeline", "deny", "s3:PutObject", `${bucket}/a`),
    by(build.replace("666666666666", "999999999999"), "deny", "s3:PutObject", `${bucket}/a`),
    by("arn:aws:iam::666666666666:user/acme__pipeline", "deny", "s3:PutObject", `${bucket}/a`),
    by(admin, "nothing", "s3:GetObject", report),
    by(build, "nothing", "s3:PutObject", report, ifNone),
    by(build, "deny", "s3:PutObject", report),
    by(build, "deny", "s3:PutObject", report, { "s3:if-match": "0123456789abcdef" }),
    by(admin, "deny", "s3:PutObject", report, ifNone),
    by(admin, "nothing", "s3:PutObject", "arn:aws:s3:::other/a"),
    by(build, "deny", "s3:GetObject", `${bucket}/acme/Plans_prod/1`, plain),
    by(build, "deny", "s3:ListBucket", bucket, plain),
    {
      expected: "nothing",
      request: serviceRequestOf({
        ...{ action: "s3:PutObject", resource: `${bucket}/a`, service: "s3.amazonaws.com", region },
      }),
    },
  ]);
});

test("the bucket lets the pipeline and its builds do all that they call", () => {
  const policy = artifactBucketPolicy(fleet, fleet.pipeline);
  const called = pipelineRoleCalls(fleet, fleet.pipeline).flatMap(({ calls, role }) => {
    const principal = `arn:aws:iam::666666666666:role/${pipelineRoleName("acme", role)}`;
    return calls
      .filter(({ resource }) => resource.startsWith(bucket))
      .map((call) => [call.resource, verdict(policy, requestOf({ ...call, principal }))]);
  });
  expect(called.filter(([, said]) => said === "deny")).toEqual([]);
  expect(called.map(([resource]) => resource)).toContainEqual(expect.stringContaining("/plans_to_read/"));
});

test("the account decides who uses the key of artifacts", () => {
  const key = "arn:aws:kms:eu-central-1:666666666666:key/1";
  expectTight(artifactKeyPolicy(fleet.pipeline), [
    by(admin, "allow", "kms:PutKeyPolicy", key),
    by(admin, "nothing", "s3:GetObject", key),
    by("arn:aws:iam::999999999999:role/admin", "nothing", "kms:Decrypt", key),
  ]);
});

describe("a topic", () => {
  const topic = "arn:aws:sns:eu-central-1:666666666666:acme__pipeline_failures";
  const rule = (action = "sns:Publish", service = "events.amazonaws.com", resource = topic): PolicyCase => ({
    expected: "nothing",
    request: serviceRequestOf({ action, resource, service, region }),
  });

  test("of approvals is published to by whom the account lets, by TLS", () => {
    expectTight(approvalTopicPolicy(topic), [
      by(build, "nothing", "sns:Publish", topic),
      by(build, "deny", "sns:Publish", topic, plain),
      by(build, "nothing", "sns:Subscribe", topic, plain),
      rule(),
    ]);
  });

  test("of failures is published to by EventBridge, too", () => {
    expectTight(failureTopicPolicy(topic), [
      { ...rule(), expected: "allow" },
      rule("sns:Subscribe"),
      rule("sns:Publish", "codepipeline.amazonaws.com"),
      rule("sns:Publish", "events.amazonaws.com", topic.replace("failures", "approve_production")),
      rule("sns:Publish", "events.amazonaws.com", topic.replace("666666666666", "999999999999")),
      rule("sns:Publish", "events.amazonaws.com", topic.replace("eu-central-1", "us-east-1")),
      by(build, "deny", "sns:Publish", topic, plain),
      by(build, "nothing", "sns:Publish", topic),
    ]);
  });
});
