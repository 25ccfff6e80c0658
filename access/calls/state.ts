import type { Account } from "../../fleet/account";
import type { StateBucket } from "../../fleet/foundation/model";
import type { Fleet, State } from "../../fleet/model";
import { joinName, nameLimits } from "../../fleet/names";
import { partOf, type S3State, stateKey } from "../../fleet/state-location";
import { bucketReads, bucketWrites } from "./bucket";
import { type Call, callsOn, someId } from "./model";
import { roleCalls } from "./role";

/** Of `aws_kms_key`. */
export const keyCalls = [
  "DescribeKey",
  "EnableKeyRotation",
  "GetKeyPolicy",
  "GetKeyRotationStatus",
  "ListResourceTags",
  "PutKeyPolicy",
  "TagResource",
  "UntagResource",
  "UpdateKeyDescription",
];

/**
 * What is called to read, lock, write and in the end remove the state of a stack, by Terraform and by the command line, which
 * also keeps the stack's releases beside it. Nothing where another role than the account's deploy role does that, and
 * nothing with local state.
 */
export function backendCalls(fleet: Fleet, stack: string, account: Account): readonly Call[] {
  const { state, stateBucket } = fleet;
  if (state.backend !== "s3" || !state.perAccount || state.role !== undefined) return [];
  const { bucket, region } = state;
  const resourceAccount = stateBucket?.account.id;
  const arn = `arn:aws:s3:::${bucket}`;
  const key = stateKey(state, stack, account);
  const releases = `${partOf(state, account)}/releases`;
  const list = (prefix: string) =>
    callsOn("s3", ["ListBucket"], {
      ...{ region, resource: arn, resourceAccount },
      context: { "s3:prefix": prefix },
    });
  const on = (objects: string, ...operations: readonly string[]) =>
    callsOn("s3", operations, { region, resource: `${arn}/${objects}`, resourceAccount });
  return [
    // A state that is not there yet is only told from one that is denied where its name may be listed.
    ...list(key),
    ...on(key, "DeleteObject", "GetObject", "PutObject"),
    ...on(`${key}.tflock`, "DeleteObject", "GetObject", "PutObject"),
    ...list(`${releases}/${stack}/`),
    ...on(`${releases}/${stack}/${someId}.json`, "GetObject", "PutObject"),
    ...on(`${releases}/blobs/${someId}`, "GetObject", "PutObject"),
    ...(resourceAccount === undefined ? [] : encryptionCalls(state, resourceAccount)),
  ];
}

function encryptionCalls({ kmsKey, region }: S3State, owner: string): readonly Call[] {
  return callsOn("kms", ["Decrypt", "GenerateDataKey"], {
    region,
    resource: kmsKey ?? `arn:aws:kms:${region}:${owner}:key/${someId}`,
    context: { "kms:ViaService": `s3.${region}.amazonaws.com` },
  });
}

/**
 * What is called for the state bucket: by Terraform to make it, and by the command line to find every account's part of it and
 * to keep the runs.
 */
export function stateBucketCalls(fleet: Fleet, bucket: StateBucket): readonly Call[] {
  return [
    ...bucketCalls(bucket.account, bucket, joinName(nameLimits.keyAlias, fleet.name, "state")),
    ...(bucket.replica ? replicationCalls(fleet, bucket) : []),
    ...ownerCalls(fleet.state, bucket),
  ];
}

function ownerCalls(state: State, { account }: StateBucket): readonly Call[] {
  if (state.backend !== "s3" || state.role !== undefined) return [];
  const { bucket, prefix, region } = state;
  const arn = `arn:aws:s3:::${bucket}`;
  const runs = `${partOf(state, account)}/runs`;
  return [
    ...[`${prefix}/`, `${prefix}/${someId}/`, `${runs}/`].flatMap((listed) =>
      callsOn("s3", ["ListBucket"], { region, resource: arn, context: { "s3:prefix": listed } }),
    ),
    ...callsOn("s3", ["GetObject", "PutObject"], { region, resource: `${arn}/${runs}/${someId}.json` }),
  ];
}

/** What Terraform calls for the replica of the state bucket; nothing where there is none. */
export function stateReplicaCalls(fleet: Fleet, { account, replica }: StateBucket): readonly Call[] {
  if (!replica) return [];
  return bucketCalls(account, replica, joinName(nameLimits.keyAlias, fleet.name, "state", "replica"));
}

function bucketCalls(
  { id }: Account,
  { bucket, region }: { readonly bucket: string; readonly region: string },
  alias: string,
): readonly Call[] {
  const kms = `arn:aws:kms:${region}:${id}`;
  return [
    ...callsOn("s3", [...bucketReads, ...bucketWrites, "PutBucketVersioning"], {
      ...{ region, resource: `arn:aws:s3:::${bucket}` },
    }),
    ...callsOn("kms", ["CreateKey", "ListAliases", "ListKeys"], { region, resource: "*" }),
    ...callsOn("kms", keyCalls, { region, resource: `${kms}:key/${someId}` }),
    // Both of the alias and of the key that it stands for.
    ...[`${kms}:alias/${alias}`, `${kms}:key/${someId}`].flatMap((resource) =>
      callsOn("kms", ["CreateAlias", "DeleteAlias", "UpdateAlias"], { region, resource }),
    ),
  ];
}

function replicationCalls({ name }: Fleet, { account, bucket, region }: StateBucket): readonly Call[] {
  return [
    ...roleCalls(account, joinName(nameLimits.role, name, "state", "replication"), "s3.amazonaws.com"),
    ...callsOn("s3", ["PutReplicationConfiguration"], { region, resource: `arn:aws:s3:::${bucket}` }),
  ];
}
