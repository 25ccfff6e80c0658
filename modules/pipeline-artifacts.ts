import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { Construct } from "constructs";
import { artifactBucketPolicy, artifactKeyPolicy } from "../access/pipeline/artifacts";
import type { Pipeline } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { artifactBucketName, artifactKeyAlias, pipelineName, reportsPrefix } from "../fleet/pipeline";
import { blockPublicAccess } from "./bucket-access";
import { literal } from "./literal";

/** What the store of artifacts is made of. */
export interface PipelineArtifactsProps {
  /** In the pipeline's region and account. */
  readonly provider: AwsProvider;
  readonly fleet: Fleet;
  readonly pipeline: Pipeline;
}

/**
 * Days that artifacts are kept: longer than an approval may wait, which is a week, and as long as a stage is likely to be
 * rolled back to an earlier execution, whose assembly that takes. Terraform's plans hold values of the state, so no longer.
 */
const artifactDays = 30;

/** Days that plans as people read and approve them are kept: for whoever asks, a year later, what was approved. */
const reportDays = 365;

/** Days until KMS deletes a key for good: the most that it allows. */
const keyDeletionDays = 30;

/**
 * What a pipeline hands on from action to action: a bucket, and the key that encrypts it. Not versioned: CodePipeline gives
 * each artifact a key of its own, and never writes to one again.
 */
export class PipelineArtifacts extends Construct {
  readonly bucket: S3Bucket;
  readonly key: KmsKey;

  constructor(scope: Construct, id: string, { fleet, pipeline, provider }: PipelineArtifactsProps) {
    super(scope, id);
    const name = artifactBucketName(fleet.name, pipeline);
    this.key = new KmsKey(this, "key", {
      provider,
      description: `What the pipeline of ${fleet.name} hands on`,
      enableKeyRotation: true,
      deletionWindowInDays: keyDeletionDays,
      policy: literal(JSON.stringify(artifactKeyPolicy(pipeline))),
    });
    new KmsAlias(this, "alias", {
      provider,
      name: `alias/${artifactKeyAlias(fleet.name)}`,
      targetKeyId: this.key.keyId,
    });
    this.bucket = new S3Bucket(this, "bucket", { provider, bucket: name });
    const { bucket } = this.bucket;
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      provider,
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: this.key.arn },
          bucketKeyEnabled: true,
        },
      ],
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      provider,
      bucket,
      // S3 takes the shortest time of all rules that an object matches, so there is none for all objects:
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
      rule: [
        expiry("artifacts", `${pipelineName(fleet)}/`, artifactDays),
        expiry("reports", reportsPrefix, reportDays),
      ],
    });
    const ownership = new S3BucketOwnershipControls(this, "ownership", {
      provider,
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const noPublicAccess = blockPublicAccess(this, { provider, bucket, dependsOn: [ownership] });
    new S3BucketPolicy(this, "policy", {
      provider,
      bucket,
      policy: literal(JSON.stringify(artifactBucketPolicy(fleet, pipeline))),
      // S3 refuses two changes of one bucket's access at once.
      dependsOn: [noPublicAccess],
    });
  }
}

function expiry(id: string, prefix: string, days: number): S3BucketLifecycleConfigurationRule {
  return {
    id,
    status: "Enabled",
    filter: [{ prefix }],
    expiration: [{ days }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
  };
}
