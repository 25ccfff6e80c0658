import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import type { Construct } from "constructs";
import type { PolicyDocument } from "../fleet/policy-document";
import { blockPublicAccess } from "./bucket-access";
import { literal } from "./literal";

/** What a bucket that is encrypted with a key of its own is made of. */
export interface EncryptedBucketProps {
  /** In the bucket's region, of the account that owns it. */
  readonly provider: AwsProvider;
  readonly name: string;
  readonly policy: PolicyDocument;
  readonly key: {
    /** Name of its alias, without `alias/`. */
    readonly alias: string;
    readonly description: string;
    readonly policy: PolicyDocument;
  };
  /** Whether Terraform deletes neither bucket nor key, whatever the fleet file says. @default false */
  readonly isKept?: boolean;
}

/** Days until KMS deletes a key for good: the most that it allows. */
const keyDeletionDays = 30;

/**
 * Adds a bucket, public to nobody and without ACLs, and the key that encrypts it. How long objects are kept, and in how many
 * versions, is left to the caller.
 *
 * @param scope has nothing else called `key`, `alias`, `bucket`, `encryption`, `ownership`, `private` or `policy`
 */
export function addEncryptedBucket(
  scope: Construct,
  { isKept = false, name, policy, provider, ...props }: EncryptedBucketProps,
): { readonly bucket: S3Bucket; readonly key: KmsKey } {
  const kept = isKept && { lifecycle: { preventDestroy: true } };
  const key = new KmsKey(scope, "key", {
    provider,
    description: props.key.description,
    enableKeyRotation: true,
    deletionWindowInDays: keyDeletionDays,
    policy: policyText(props.key.policy),
    ...kept,
  });
  new KmsAlias(scope, "alias", { provider, name: `alias/${props.key.alias}`, targetKeyId: key.keyId });
  const made = new S3Bucket(scope, "bucket", { provider, bucket: name, ...kept });
  const { bucket } = made;
  new S3BucketServerSideEncryptionConfigurationA(scope, "encryption", {
    provider,
    bucket,
    rule: [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
        bucketKeyEnabled: true,
      },
    ],
  });
  const ownership = new S3BucketOwnershipControls(scope, "ownership", {
    provider,
    bucket,
    // Without ACLs: an account that writes into the bucket has no further say in what it wrote.
    rule: { objectOwnership: "BucketOwnerEnforced" },
  });
  const noPublicAccess = blockPublicAccess(scope, { provider, bucket, dependsOn: [ownership] });
  new S3BucketPolicy(scope, "policy", {
    provider,
    bucket,
    policy: policyText(policy),
    // S3 refuses two changes of one bucket's access at once.
    dependsOn: [noPublicAccess],
  });
  return { bucket: made, key };
}

function policyText(document: PolicyDocument): string {
  return literal(JSON.stringify(document));
}
