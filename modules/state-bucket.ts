import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import type { StateBucket } from "../fleet/foundation/model";
import type { PolicyDocument } from "../fleet/policy-document";
import { blockPublicAccess } from "./bucket-access";
import { literal } from "./literal";
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

/** Days until KMS deletes a key for good: the most that it allows. */
const keyDeletionDays = 30;

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
    const { provider } = props;
    this.key = this.addKey(props);
    const { bucket } = new S3Bucket(this, "bucket", {
      provider,
      bucket: props.bucket,
      lifecycle: { preventDestroy: true },
    });
    this.versioning = new S3BucketVersioningA(this, "versioning", {
      provider,
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
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
    this.addAccess(props, bucket);
  }

  private addKey({ alias, provider, region, state }: TerraformStateBucketProps): KmsKey {
    const key = new KmsKey(this, "key", {
      provider,
      description: `Terraform state in ${region}`,
      enableKeyRotation: true,
      deletionWindowInDays: keyDeletionDays,
      policy: policyText(stateKeyPolicy(region, state)),
      lifecycle: { preventDestroy: true },
    });
    new KmsAlias(this, "alias", { provider, name: `alias/${alias}`, targetKeyId: key.keyId });
    return key;
  }

  private addAccess({ provider, state, ...props }: TerraformStateBucketProps, bucket: string): void {
    const ownership = new S3BucketOwnershipControls(this, "ownership", {
      provider,
      bucket,
      // Without ACLs: an account that writes into the bucket has no further say in what it wrote.
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const noPublicAccess = blockPublicAccess(this, { provider, bucket, dependsOn: [ownership] });
    new S3BucketPolicy(this, "policy", {
      provider,
      bucket,
      policy: policyText(stateBucketPolicy(props.bucket, state)),
      dependsOn: [noPublicAccess],
    });
  }
}

function policyText(document: PolicyDocument): string {
  return literal(JSON.stringify(document));
}
