import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Statement } from "../fleet/policy-document";

/** Which bucket is kept private, and after what: S3 refuses two changes of one bucket's access at once. */
export interface PrivateBucketProps {
  readonly provider: AwsProvider;
  readonly bucket: string;
  readonly dependsOn?: ITerraformDependable[];
}

/** Blocks every way of making a bucket public, by ACL or by policy. */
export function blockPublicAccess(scope: Construct, props: PrivateBucketProps): S3BucketPublicAccessBlock {
  return new S3BucketPublicAccessBlock(scope, "private", {
    ...props,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
}

/** Denies every call to a bucket that does not come by TLS. */
export function tlsOnly(bucket: string): Statement {
  const arn = `arn:aws:s3:::${bucket}`;
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
