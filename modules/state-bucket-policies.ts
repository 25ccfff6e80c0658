import type { StateBucket } from "../fleet/foundation/model";
import type { PolicyDocument, Statement } from "../fleet/policy-document";
import { tlsOnly } from "./bucket-access";

/**
 * The policy of the state bucket, or of its replica. The deploy role of every account reaches the keys below
 * `<prefix>/<its own account id>/`, and no other, and the role that plans there reads them; the account that owns the bucket decides about its own roles by itself.
 *
 * One statement names all accounts, because S3 takes no policy above 20 KB: that is enough for 545 of them. They are named
 * as principals, and not by a condition on `aws:PrincipalAccount`, which AWS does not list among the conditions that keep
 * a policy with the principal `*` from counting as public, and so from being blocked.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 * https://developer.hashicorp.com/terraform/language/backend/s3#s3-bucket-permissions
 *
 * @param bucket name of the one or the other
 */
export function stateBucketPolicy(bucket: string, state: StateBucket): PolicyDocument {
  const arn = `arn:aws:s3:::${bucket}`;
  const own = `${state.prefix}/\${aws:PrincipalAccount}/*`;
  const isReplica = bucket === state.replica?.bucket;
  return {
    Version: "2012-10-17",
    Statement: [
      tlsOnly(bucket),
      // What S3 itself writes into the replica names the replica's key.
      ...(isReplica ? [] : bucketsOwnEncryption(arn)),
      {
        Sid: "OwnPrefix",
        Effect: "Allow",
        Principal: { AWS: readerAccounts(state) },
        Action: ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
        Resource: [arn, `${arn}/${own}`],
        Condition: { ArnLike: { "aws:PrincipalArn": [...deployRoles(state), ...planRoles(state)].sort() } },
      },
      // A statement of its own for those who only read would name all accounts a second time.
      ...(state.planners.length === 0 ? [] : [plansOnlyRead(arn, state)]),
      {
        // S3 takes the name of a missing object for the prefix when it chooses between "no such key" and "denied".
        // That Terraform is denied the list of its workspaces, under `env:/`, it takes for "none", from 1.7 on:
        // https://github.com/hashicorp/terraform/pull/34511
        // The owning account is left out, for its deploy role asks whether the bucket is there, which names no prefix.
        Sid: "NoOtherListed",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:ListBucket",
        Resource: arn,
        Condition: {
          StringNotEquals: { "aws:PrincipalAccount": state.account.id },
          StringNotLike: { "s3:prefix": own },
        },
      },
    ],
  };
}

function plansOnlyRead(bucketArn: string, state: StateBucket): Statement {
  return {
    Sid: "PlansOnlyRead",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:DeleteObject", "s3:PutObject"],
    Resource: `${bucketArn}/*`,
    Condition: { ArnLike: { "aws:PrincipalArn": planRoles(state) } },
  };
}

/**
 * Denies puts that say anything of encryption, so that the bucket's own applies: a put that asks for `aws:kms` and names no
 * key gets AWS's key, and not the bucket's.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
function bucketsOwnEncryption(bucketArn: string): readonly Statement[] {
  const deny = (Sid: string, header: string): Statement => ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `${bucketArn}/*`,
    Condition: { Null: { [header]: "false" } },
  });
  return [
    deny("NoOtherEncryption", "s3:x-amz-server-side-encryption"),
    deny("NoCustomerKey", "s3:x-amz-server-side-encryption-customer-algorithm"),
  ];
}

/**
 * The policy of the key that encrypts the state. The owning account decides who manages it; the deploy roles, and those that
 * plan, use it through S3 alone. That those that plan write nothing, the bucket's policy says, and their own.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 *
 * @param region of the bucket that the key is for
 */
export function stateKeyPolicy(region: string, state: StateBucket): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Owner",
        Effect: "Allow",
        Principal: { AWS: root(state.account.id) },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "State",
        Effect: "Allow",
        Principal: { AWS: readerAccounts(state) },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: {
          ArnLike: { "aws:PrincipalArn": [...deployRoles(state), ...planRoles(state)].sort() },
          StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
        },
      },
    ],
  };
}

const root = (account: string) => `arn:aws:iam::${account}:root`;

function readerAccounts({ readers }: StateBucket): readonly string[] {
  return [...new Set(readers.map(({ id }) => root(id)))].sort();
}

/** A role that is named as a principal would have to be there, and would be forgotten whenever it is made anew. */
function deployRoles({ readers }: StateBucket): readonly string[] {
  return rolesNamed(readers.map(({ deployRole }) => deployRole));
}

function planRoles({ planners }: StateBucket): readonly string[] {
  return rolesNamed(planners);
}

function rolesNamed(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort().map((name) => `arn:aws:iam::*:role/${name}`);
}
