import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration";
import { Construct } from "constructs";
import type { Account } from "../fleet/account";
import type { PolicyDocument } from "../fleet/policy-document";
import type { TerraformStateBucket } from "./state-bucket";

/** A bucket and the key that encrypts it. */
export interface EncryptedBucket {
  readonly bucket: string;
  readonly region: string;
  /** ARN. */
  readonly key: string;
}

/** What is copied, and where to. */
export interface StateBucketReplicationProps {
  /** In the source's region, of the account that owns both buckets. */
  readonly provider: AwsProvider;
  readonly account: Account;
  /** Name of the role that S3 copies with. */
  readonly role: string;
  readonly source: EncryptedBucket;
  readonly replica: EncryptedBucket;
  /** The source. */
  readonly from: TerraformStateBucket;
}

/**
 * Copies what is written to a state bucket to its replica, deletions among it, within minutes as a rule. What was there
 * before is not copied.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
export class StateBucketReplication extends Construct {
  constructor(scope: Construct, id: string, props: StateBucketReplicationProps) {
    super(scope, id);
    const { account, from, provider, replica, source } = props;
    const boundary = account.permissionsBoundary;
    const role = new IamRole(this, "role", {
      provider,
      name: props.role,
      permissionsBoundary: boundary && `arn:aws:iam::${account.id}:policy/${boundary}`,
      assumeRolePolicy: JSON.stringify(trust),
    });
    const policy = new IamRolePolicy(this, "policy", {
      provider,
      name: "replication",
      role: role.name,
      policy: JSON.stringify(replicationPolicy(source, replica)),
    });
    new S3BucketReplicationConfigurationA(this, "rules", {
      provider,
      bucket: source.bucket,
      role: role.arn,
      rule: [
        {
          id: "state",
          status: "Enabled",
          priority: 1,
          filter: {},
          deleteMarkerReplication: { status: "Enabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: `arn:aws:s3:::${replica.bucket}`,
            encryptionConfiguration: { replicaKmsKeyId: replica.key },
          },
        },
      ],
      dependsOn: [from.versioning, policy],
    });
  }
}

const trust: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/**
 * What S3 needs for copying, and no more: not the ACLs, which neither bucket has, not what is locked. The keys serve these
 * two buckets alone, so no encryption context is asked for; with bucket keys it would be the bucket's ARN, and not the
 * object's. S3 makes the replica's bucket keys by GenerateDataKey.
 */
function replicationPolicy(source: EncryptedBucket, replica: EncryptedBucket): PolicyDocument {
  const via = ({ region }: EncryptedBucket) => ({
    StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
  });
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ReadRules",
        Effect: "Allow",
        Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        Resource: `arn:aws:s3:::${source.bucket}`,
      },
      {
        Sid: "Read",
        Effect: "Allow",
        Action: ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
        Resource: `arn:aws:s3:::${source.bucket}/*`,
      },
      {
        Sid: "Write",
        Effect: "Allow",
        Action: ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
        Resource: `arn:aws:s3:::${replica.bucket}/*`,
      },
      {
        Sid: "Decrypt",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: source.key,
        Condition: via(source),
      },
      {
        Sid: "Encrypt",
        Effect: "Allow",
        Action: ["kms:Encrypt", "kms:GenerateDataKey"],
        Resource: replica.key,
        Condition: via(replica),
      },
    ],
  };
}
