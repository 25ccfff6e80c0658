import type { Account } from "../../fleet/account";
import type { StateBucket } from "../../fleet/foundation/model";
import type { Fleet, State } from "../../fleet/model";
import { joinName, nameLimits } from "../../fleet/names";
import { stateKey } from "../../fleet/state-location";
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
 * What Terraform calls to read, lock and write the state of a stack. Nothing where another role than the account's deploy
 * role does that, and nothing with local state.
 */
export function backendCalls(fleet: Fleet, stack: string, account: Account): readonly Call[] {
  const { state, stateBucket } = fleet;
  if (state.backend !== "s3" || !state.perAccount || state.role !== undefined) return [];
  const { bucket, region } = state;
  const resourceAccount = stateBucket?.account.id;
  const arn = `arn:aws:s3:::${bucket}`;
  const key = stateKey(state, stack, account);
  return [
    // A state that is not there yet is only told from one that is denied where its name may be listed.
    ...callsOn("s3", ["ListBucket"], {
      ...{ region, resource: arn, resourceAccount },
      context: { "s3:prefix": key },
    }),
    ...callsOn("s3", ["GetObject", "PutObject"], { region, resource: `${arn}/${key}`, resourceAccount }),
    ...callsOn("s3", ["DeleteObject", "GetObject", "PutObject"], {
      ...{ region, resource: `${arn}/${key}.tflock`, resourceAccount },
    }),
    ...(resourceAccount === undefined ? [] : encryptionCalls(state, resourceAccount)),
  ];
}

type S3 = Extract<State, { backend: "s3" }>;

function encryptionCalls({ kmsKey, region }: S3, owner: string): readonly Call[] {
  return callsOn("kms", ["Decrypt", "GenerateDataKey"], {
    region,
    resource: kmsKey ?? `arn:aws:kms:${region}:${owner}:key/${someId}`,
    context: { "kms:ViaService": `s3.${region}.amazonaws.com` },
  });
}

/** What Terraform calls for the state bucket. */
export function stateBucketCalls(fleet: Fleet, state: StateBucket): readonly Call[] {
  return [
    ...bucketCalls(state.account, state, joinName(nameLimits.keyAlias, fleet.name, "state")),
    ...(state.replica ? replicationCalls(fleet, state) : []),
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
