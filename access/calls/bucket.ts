import type { LogBucket } from "../../fleet/model";
import { type Call, callsOn } from "./model";

/** What `aws_s3_bucket` and its companions read, whatever is set. */
export const bucketReads = [
  "GetAccelerateConfiguration",
  "GetBucketAcl",
  "GetBucketCORS",
  "GetBucketLogging",
  "GetBucketObjectLockConfiguration",
  "GetBucketOwnershipControls",
  "GetBucketPolicy",
  "GetBucketPublicAccessBlock",
  "GetBucketRequestPayment",
  "GetBucketTagging",
  "GetBucketVersioning",
  "GetBucketWebsite",
  "GetEncryptionConfiguration",
  "GetLifecycleConfiguration",
  "GetReplicationConfiguration",
  "ListBucket",
] as const;

/** What is written to every bucket of Meridian's. Most of it is taken away again by the same call. */
export const bucketWrites = [
  "CreateBucket",
  "DeleteBucketPolicy",
  "PutBucketOwnershipControls",
  "PutBucketPolicy",
  "PutBucketPublicAccessBlock",
  "PutBucketTagging",
  "PutEncryptionConfiguration",
  "PutLifecycleConfiguration",
] as const;

/** What Terraform calls for the bucket of a front's access logs. */
export function logCalls({ bucket, region }: LogBucket): readonly Call[] {
  return callsOn("s3", [...bucketReads, ...bucketWrites, "DeleteBucket"], {
    region,
    resource: `arn:aws:s3:::${bucket}`,
  });
}
