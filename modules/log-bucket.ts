import type { CloudfrontDistributionLoggingConfig } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { Construct } from "constructs";
import type { LogBucket } from "../fleet/model";
import { blockPublicAccess, tlsOnly } from "./bucket-access";

/** What a front's log bucket is made of. */
export interface FrontLogBucketProps {
  /** In the bucket's region, of the front account. */
  readonly provider: AwsProvider;
  readonly logs: LogBucket;
}

/** Days that access logs are kept: enough to look into what is found late, no more, as they hold viewers' addresses. */
const accessLogDays = 90;

/**
 * The bucket of a front's access logs (standard logging, legacy).
 *
 * CloudFront writes by ACL: when a distribution that names the bucket is made or changed, CloudFront adds a grant for
 * its account `awslogsdelivery`, with the rights of whoever deploys (`s3:GetBucketAcl`, `s3:PutBucketAcl`). So ACLs are
 * on, and nothing here sets one: an `aws_s3_bucket_acl` would take the grant away again, or have to repeat it, while
 * `aws_s3_bucket` leaves grants that it does not name alone. Blocking public ACLs does no harm, as a grant to one
 * account is not public. Encrypted by S3's own keys, which need no policy for CloudFront.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
 */
export class FrontLogBucket extends Construct {
  constructor(scope: Construct, id: string, { logs, provider }: FrontLogBucketProps) {
    super(scope, id);
    const { bucket } = new S3Bucket(this, "bucket", { provider, bucket: logs.bucket });
    new S3BucketOwnershipControls(this, "ownership", {
      provider,
      bucket,
      // The files belong to the front account, and not to CloudFront's.
      rule: { objectOwnership: "BucketOwnerPreferred" },
    });
    const noPublicAccess = blockPublicAccess(this, { provider, bucket });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      provider,
      bucket,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      provider,
      bucket,
      rule: [{ id: "expire", status: "Enabled", filter: [{}], expiration: [{ days: accessLogDays }] }],
    });
    new S3BucketPolicy(this, "policy", {
      provider,
      bucket,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [tlsOnly(logs.bucket)] }),
      // S3 refuses two changes of one bucket's access at once.
      dependsOn: [noPublicAccess],
    });
  }
}

/**
 * What a distribution says of its logs. The bucket's name is written out, so that a front can be changed while the
 * bucket's region is down.
 */
export function loggingConfig({ bucket, region }: LogBucket): CloudfrontDistributionLoggingConfig {
  return { bucket: `${bucket}.s3.${region}.amazonaws.com`, includeCookies: false };
}
