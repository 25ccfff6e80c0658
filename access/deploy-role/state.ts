import type { StateBucket } from "../../fleet/foundation/model";
import { joinName, nameLimits } from "../../fleet/names";
import type { NamedPolicy } from "../../fleet/policy-document";
import { bucketReads, bucketWrites } from "../calls/bucket";
import { keyCalls } from "../calls/state";
import { allow, iamArn, type RoleScope } from "./scope";
import { roleStatements } from "./target";

/** The state bucket and, where there is one, its replica: while the first is down, state is kept in the second. */
function bucketsOf({ bucket, region, replica }: StateBucket) {
  return [{ bucket, region }, ...(replica ? [replica] : [])];
}

/** What a role needs for the state of its own account's stacks, with the key that encrypts it, through S3 alone. */
export function statePolicy({ account }: RoleScope, state: StateBucket): NamedPolicy {
  const buckets = bucketsOf(state);
  const arns = buckets.map(({ bucket }) => `arn:aws:s3:::${bucket}`);
  const own = `${state.prefix}/${account}/*`;
  return {
    name: "state",
    document: {
      Version: "2012-10-17",
      Statement: [
        // S3 takes the name of a missing object for the prefix when it chooses between "no such key" and "denied".
        allow("OwnStateNames", "s3", ["ListBucket"], arns, { StringLike: { "s3:prefix": own } }),
        allow(
          "OwnState",
          "s3",
          ["DeleteObject", "GetObject", "PutObject"],
          arns.map((arn) => `${arn}/${own}`),
        ),
        ...buckets.map(({ region }, index) =>
          allow(
            index === 0 ? "StateKey" : "ReplicaKey",
            "kms",
            ["Decrypt", "GenerateDataKey"],
            `arn:aws:kms:${region}:${state.account.id}:key/*`,
            { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
          ),
        ),
      ],
    },
  };
}

/**
 * What the stacks of the state bucket and its replica need, in the account that owns them. Nothing here deletes a bucket or a
 * key: the stacks never do. The role for the replication is made with what {@link replicationRolePolicy} says, or with what
 * target stacks need.
 */
export function stateOwnerPolicy(scope: RoleScope, state: StateBucket): NamedPolicy {
  const buckets = bucketsOf(state);
  const kms = buckets.map(({ region }) => `arn:aws:kms:${region}:${scope.account}`);
  // KMS makes up the ids of keys, so no name can tell the fleet's from others of the account and region.
  const keys = kms.map((prefix) => `${prefix}:key/*`);
  return {
    name: "state-bucket",
    document: {
      Version: "2012-10-17",
      Statement: [
        allow(
          "StateBuckets",
          "s3",
          [
            ...bucketReads,
            ...bucketWrites,
            "PutBucketVersioning",
            ...(state.replica ? ["PutReplicationConfiguration"] : []),
          ],
          buckets.map(({ bucket }) => `arn:aws:s3:::${bucket}`),
        ),
        // These take no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
        allow("NewStateKeys", "kms", ["CreateKey", "ListAliases", "ListKeys"], "*"),
        allow("StateKeys", "kms", keyCalls, keys),
        allow(
          "StateKeyNames",
          "kms",
          ["CreateAlias", "DeleteAlias", "UpdateAlias"],
          [...keys, ...kms.map((prefix) => `${prefix}:alias/${scope.fleet}_state*`)],
        ),
        ...(state.replica ? [passReplicationRole(scope)] : []),
      ],
    },
  };
}

/** What making the role for the replication needs, where the deploy role makes no others. */
export function replicationRolePolicy(scope: RoleScope): NamedPolicy {
  return {
    name: "replication",
    document: { Version: "2012-10-17", Statement: roleStatements(scope, replicationRole(scope)) },
  };
}

function passReplicationRole(scope: RoleScope) {
  return allow("ReplicationRole", "iam", ["PassRole"], replicationRole(scope), {
    StringEquals: { "iam:PassedToService": "s3.amazonaws.com" },
  });
}

function replicationRole(scope: RoleScope): string {
  return iamArn(scope, `role/${joinName(nameLimits.role, scope.fleet, "state", "replication")}`);
}
