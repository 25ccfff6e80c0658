import type { StateBucket } from "../../fleet/foundation/model";
import { joinName, nameLimits } from "../../fleet/names";
import type { NamedPolicy, Statement } from "../../fleet/policy-document";
import { bucketReads, bucketWrites } from "../calls/bucket";
import { keyCalls } from "../calls/state";
import { allow, iamArn, type RoleScope } from "./scope";
import { roleStatements } from "./target";

/** The state bucket and, where there is one, its replica: while the first is down, state is kept in the second. */
function bucketsOf({ bucket, region, replica }: StateBucket) {
  return [{ bucket, region }, ...(replica ? [replica] : [])];
}

/** ARNs of the objects that are the state of an account's own stacks, and what lies beside it, in both buckets. */
export function ownStateArns({ account }: RoleScope, state: StateBucket): readonly string[] {
  return bucketsOf(state).map(({ bucket }) => `arn:aws:s3:::${bucket}/${state.prefix}/${account}/*`);
}

/** What a role needs for the state of its own account's stacks, with the key that encrypts it, through S3 alone. */
export function statePolicy(scope: RoleScope, state: StateBucket): NamedPolicy {
  return stateObjectsPolicy(
    scope,
    state,
    ["DeleteObject", "GetObject", "PutObject"],
    ["Decrypt", "GenerateDataKey"],
  );
}

/** What a role needs that only reads it, and so takes no locks. */
export function stateReadPolicy(scope: RoleScope, state: StateBucket): NamedPolicy {
  return stateObjectsPolicy(scope, state, ["GetObject"], ["Decrypt"]);
}

function stateObjectsPolicy(
  scope: RoleScope,
  state: StateBucket,
  objectCalls: readonly string[],
  encryptionCalls: readonly string[],
): NamedPolicy {
  const arns = bucketsOf(state).map(({ bucket }) => `arn:aws:s3:::${bucket}`);
  const own = `${state.prefix}/${scope.account}/*`;
  return {
    name: "state",
    document: {
      Version: "2012-10-17",
      Statement: [
        // S3 takes the name of a missing object for the prefix when it chooses between "no such key" and "denied".
        allow("OwnStateNames", "s3", ["ListBucket"], arns, { StringLike: { "s3:prefix": own } }),
        allow("OwnState", "s3", objectCalls, ownStateArns(scope, state)),
        stateKeys(state, encryptionCalls),
      ],
    },
  };
}

/** The keys of the buckets, through S3 alone: which uses a key of its own region. */
function stateKeys(state: StateBucket, operations: readonly string[]): Statement {
  const regions = bucketsOf(state).map(({ region }) => region);
  return allow(
    "StateKeys",
    "kms",
    operations,
    regions.map((region) => `arn:aws:kms:${region}:${state.account.id}:key/*`),
    { StringEquals: { "kms:ViaService": regions.map((region) => `s3.${region}.amazonaws.com`) } },
  );
}

/**
 * What keeping the records of rollouts needs, in the account of the state: its runs, and what the builds of one rollout tell
 * each other. No state, and so no way to change what a stack has.
 */
export function recordPolicy(scope: RoleScope, state: StateBucket): NamedPolicy {
  const arns = bucketsOf(state).map(({ bucket }) => `arn:aws:s3:::${bucket}`);
  const parts = ["runs", "rollouts"].map((part) => `${state.prefix}/${scope.account}/${part}/*`);
  const objects = (kept: readonly string[]) => arns.flatMap((arn) => kept.map((part) => `${arn}/${part}`));
  return {
    name: "records",
    document: {
      Version: "2012-10-17",
      Statement: [
        allow("RecordNames", "s3", ["ListBucket"], arns, { StringLike: { "s3:prefix": parts } }),
        allow("Records", "s3", ["GetObject", "PutObject"], objects(parts)),
        // A build takes back what it has noted of its cells in an earlier attempt. Runs stay.
        allow("Notes", "s3", ["DeleteObject"], objects(parts.slice(1))),
        stateKeys(state, ["Decrypt", "GenerateDataKey"]),
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
