import { FrontLogBucket, loggingConfig } from "../../modules/log-bucket";
import { scratchStack } from "../support/scratch-stack";
import { onlyResource, resources, type StackJson } from "../support/synth";

const logs = { stack: "globex_logs", bucket: "acme-globex-logs-4a5d0e3f21", region: "eu-central-1" };

describe("a log bucket", () => {
  let stack: StackJson;

  beforeAll(() => {
    stack = scratchStack("eu-central-1", (scope, provider) => {
      new FrontLogBucket(scope, "logs", { provider, logs });
    });
  });

  test("lies in the region of its provider, all parts of it", () => {
    for (const { attributes } of resources(stack)) {
      expect(attributes.provider).toBe("aws.globex_eu_central_1");
    }
    expect(onlyResource(stack, "aws_s3_bucket").bucket).toBe("acme-globex-logs-4a5d0e3f21");
  });

  test("takes ACLs, but sets none: CloudFront adds a grant for itself, which nothing may take away", () => {
    expect(onlyResource(stack, "aws_s3_bucket_ownership_controls").rule).toEqual({
      object_ownership: "BucketOwnerPreferred",
    });
    expect(stack.resource).not.toHaveProperty("aws_s3_bucket_acl");
    expect(onlyResource(stack, "aws_s3_bucket")).not.toHaveProperty("acl");
    expect(onlyResource(stack, "aws_s3_bucket")).not.toHaveProperty("grant");
  });

  test("is open to nobody else, and to nobody without TLS", () => {
    expect(onlyResource(stack, "aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    const policy = JSON.parse(String(onlyResource(stack, "aws_s3_bucket_policy").policy));
    expect(policy.Statement).toEqual([
      expect.objectContaining({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:aws:s3:::acme-globex-logs-4a5d0e3f21", "arn:aws:s3:::acme-globex-logs-4a5d0e3f21/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    ]);
  });

  test("is encrypted by S3's own keys, which CloudFront needs no leave to use", () => {
    expect(onlyResource(stack, "aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
    ]);
  });

  test("forgets every log after 90 days", () => {
    expect(onlyResource(stack, "aws_s3_bucket_lifecycle_configuration").rule).toEqual([
      { id: "expire", status: "Enabled", filter: [{}], expiration: [{ days: 90 }] },
    ]);
  });

  test("is never deleted with logs in it", () => {
    expect(onlyResource(stack, "aws_s3_bucket")).not.toHaveProperty("force_destroy");
  });
});

test("a distribution names the bucket by its region, and logs no cookies", () => {
  expect(loggingConfig(logs)).toEqual({
    bucket: "acme-globex-logs-4a5d0e3f21.s3.eu-central-1.amazonaws.com",
    includeCookies: false,
  });
});
