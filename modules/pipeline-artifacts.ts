import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { Construct } from "constructs";
import { artifactBucketPolicy, artifactKeyPolicy } from "../access/pipeline/artifacts";
import type { Pipeline } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { artifactBucketName, artifactKeyAlias, pipelineName, reportsPrefix } from "../fleet/pipeline";
import { addEncryptedBucket } from "./encrypted-bucket";

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

/**
 * What a pipeline hands on from action to action: a bucket, and the key that encrypts it. Not versioned: CodePipeline gives
 * each artifact a key of its own, and never writes to one again.
 */
export class PipelineArtifacts extends Construct {
  readonly bucket: S3Bucket;
  readonly key: KmsKey;

  constructor(scope: Construct, id: string, { fleet, pipeline, provider }: PipelineArtifactsProps) {
    super(scope, id);
    const { bucket, key } = addEncryptedBucket(this, {
      provider,
      name: artifactBucketName(fleet.name, pipeline),
      policy: artifactBucketPolicy(fleet, pipeline),
      key: {
        alias: artifactKeyAlias(fleet.name),
        description: `What the pipeline of ${fleet.name} hands on`,
        policy: artifactKeyPolicy(pipeline),
      },
    });
    this.bucket = bucket;
    this.key = key;
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      provider,
      bucket: bucket.bucket,
      // S3 takes the shortest time of all rules that an object matches, so there is none for all objects:
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
      rule: [
        expiry("artifacts", `${pipelineName(fleet)}/`, artifactDays),
        expiry("reports", reportsPrefix, reportDays),
      ],
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
