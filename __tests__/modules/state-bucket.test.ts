import type { StateBucket } from "../../fleet/foundation/model";
import { TerraformStateBucket } from "../../modules/state-bucket";
import { stateBucketPolicy, stateKeyPolicy } from "../../modules/state-bucket-policies";
import { scratchStack } from "../support/scratch-stack";
import { onlyResource, resources, type StackJson } from "../support/synth";

const owner = { name: "globex", id: "333333333333", deployRole: "meridian-deploy" };
const state: StateBucket = {
  account: owner,
  bucket: "acme-state",
  region: "eu-central-1",
  prefix: "acme",
  planners: [],
  readers: [owner],
};

describe("a state bucket", () => {
  let stack: StackJson;

  beforeAll(() => {
    stack = scratchStack("eu-central-1", (scope, provider) => {
      const { bucket, region } = state;
      new TerraformStateBucket(scope, "state", { provider, bucket, region, alias: "acme_state", state });
    });
  });

  test("lies in the region of its provider, all parts of it", () => {
    for (const { attributes } of resources(stack))
      expect(attributes.provider).toBe("aws.globex_eu_central_1");
    expect(onlyResource(stack, "aws_s3_bucket").bucket).toBe("acme-state");
  });

  test("is not destroyed by Terraform, nor is its key", () => {
    for (const type of ["aws_s3_bucket", "aws_kms_key"]) {
      expect(onlyResource(stack, type).lifecycle).toEqual({ prevent_destroy: true });
    }
    expect(onlyResource(stack, "aws_s3_bucket")).not.toHaveProperty("force_destroy");
  });

  test("keeps what is overwritten or deleted for 90 days", () => {
    expect(onlyResource(stack, "aws_s3_bucket_versioning").versioning_configuration).toEqual({
      status: "Enabled",
    });
    expect(onlyResource(stack, "aws_s3_bucket_lifecycle_configuration").rule).toEqual([
      {
        id: "old-versions",
        status: "Enabled",
        filter: [{}],
        noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
    ]);
  });

  test("encrypts with a key of its own, which is rotated, is slow to go, and has a name", () => {
    const [id] = Object.keys(stack.resource.aws_kms_key ?? {});
    expect(onlyResource(stack, "aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
      {
        apply_server_side_encryption_by_default: {
          sse_algorithm: "aws:kms",
          kms_master_key_id: `\${aws_kms_key.${id}.arn}`,
        },
        bucket_key_enabled: true,
      },
    ]);
    expect(onlyResource(stack, "aws_kms_key")).toMatchObject({
      enable_key_rotation: true,
      deletion_window_in_days: 30,
    });
    expect(onlyResource(stack, "aws_kms_alias")).toMatchObject({
      name: "alias/acme_state",
      target_key_id: `\${aws_kms_key.${id}.key_id}`,
    });
  });

  test("is public to nobody, and takes no ACLs", () => {
    expect(onlyResource(stack, "aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(onlyResource(stack, "aws_s3_bucket_ownership_controls").rule).toEqual({
      object_ownership: "BucketOwnerEnforced",
    });
  });

  test("has its policies, in which Terraform fills in nothing", () => {
    const written = (type: string) => String(onlyResource(stack, type).policy);
    expect(written("aws_s3_bucket_policy")).toContain("/acme/$${aws:PrincipalAccount}/*");
    const asAwsSeesIt = (type: string) => JSON.parse(written(type).replaceAll("$${", "${"));
    expect(asAwsSeesIt("aws_s3_bucket_policy")).toEqual(stateBucketPolicy("acme-state", state));
    expect(asAwsSeesIt("aws_kms_key")).toEqual(stateKeyPolicy("eu-central-1", state));
  });
});
