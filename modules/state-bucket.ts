import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import type { StateBucket } from "../fleet/foundation/model";
import { addEncryptedBucket } from "./encrypted-bucket";
import { stateBucketPolicy, stateKeyPolicy } from "./state-bucket-policies";

/** What a state bucket is made of. */
export interface TerraformStateBucketProps {
  /** In the bucket's region, of the account that owns it. */
  readonly provider: AwsProvider;
  readonly bucket: string;
  readonly region: string;
  /** Name of the key's alias, without `alias/`. */
  readonly alias: string;
  /** Who keeps state in it. */
  readonly state: StateBucket;
}

/** Days that what was overwritten or deleted is kept. */
const oldVersionDays = 90;

/**
 * A bucket for Terraform's state, with the key that encrypts it: the state bucket, or its replica. Neither bucket nor key
 * is deleted by Terraform, whatever the fleet file says.
 */
export class TerraformStateBucket extends Construct {
  readonly key: KmsKey;
  /** What replication has to wait for. */
  readonly versioning: S3BucketVersioningA;

  constructor(scope: Construct, id: string, props: TerraformStateBucketProps) {
    super(scope, id);
    const { alias, provider, region, state } = props;
    const made = addEncryptedBucket(this, {
      provider,
      name: props.bucket,
      policy: stateBucketPolicy(props.bucket, state),
      key: { alias, description: `Terraform state in ${region}`, policy: stateKeyPolicy(region, state) },
      isKept: true,
    });
    const { bucket } = made.bucket;
    this.key = made.key;
    this.versioning = new S3BucketVersioningA(this, "versioning", {
      provider,
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      provider,
      bucket,
      rule: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: oldVersionDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      dependsOn: [this.versioning],
    });
  }
}
