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

/** What empties a bucket before it is destroyed, on its objects; `ListBucketVersions` on the bucket finds them. */
export const objectDeletions = ["DeleteObject", "DeleteObjectVersion"] as const;

/** What Terraform calls for the bucket of a front's access logs, to be emptied where that was asked for. */
export function logCalls({ bucket, region }: LogBucket): readonly Call[] {
  const resource = `arn:aws:s3:::${bucket}`;
  return [
    ...callsOn("s3", [...bucketReads, ...bucketWrites, "DeleteBucket", "ListBucketVersions"], {
      region,
      resource,
    }),
    ...callsOn("s3", objectDeletions, { region, resource: `${resource}/*` }),
  ];
}
