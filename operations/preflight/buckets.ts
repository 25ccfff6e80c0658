import {
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Account } from "../../fleet/account";
import type { Fleet } from "../../fleet/model";
import { partOf, type S3State } from "../../fleet/state-location";
import type { AccountAsker } from "../aws/account-asker";
import { unlessMissing } from "../aws/answers";
import { isRefusal, statusOf } from "../aws/errors";
import type { AccountScope, Answer, Check } from "./model";

/** A bucket in its region. */
interface Bucket {
  readonly bucket: string;
  readonly region: string;
}

/**
 * The part of the state bucket that the account's deploy role keeps its state in, and in the account that owns the bucket,
 * its versions. Names of buckets that are still to be made are free. Where state is in a bucket that is not the fleet's, see
 * {@link sharedStateChecks}.
 */
export function bucketChecks({ account, fleet, stacks }: AccountScope): readonly Check[] {
  const { state, stateBucket } = fleet;
  const isOwner = stateBucket?.account.id === account.id;
  const inBucket = state.backend === "s3" && state.perAccount && state.role === undefined;
  const own = inBucket
    ? [reachableCheck(state, partOf(state, account)), ...(isOwner ? [versionsCheck(state)] : [])]
    : [];
  return [...own, ...toMake(fleet, account, stacks).map((bucket) => nameCheck(bucket, account))];
}

/** Where state is in one part of a bucket for all accounts, read with one role or with the shell's own credentials. */
export function sharedStateChecks({ state }: Pick<Fleet, "state">): readonly Check[] {
  if (state.backend !== "s3" || (state.perAccount && state.role === undefined)) return [];
  return [reachableCheck(state, state.prefix), versionsCheck(state)];
}

/** Buckets that stacks of the account make. That of the state is there, once state has moved into it. */
function toMake(fleet: Fleet, account: Account, stacks: AccountScope["stacks"]): readonly Bucket[] {
  const { cells, state, stateBucket } = fleet;
  const has = (kind: AccountScope["stacks"][number]["kind"]) => stacks.some((stack) => stack.kind === kind);
  const owned = stateBucket?.account.id === account.id ? stateBucket : undefined;
  const logs = cells.flatMap(({ front }) =>
    front.logs && stacks.some(({ name }) => name === front.logs?.stack) ? [front.logs] : [],
  );
  return [
    ...(owned && has("state") && state.backend === "local" ? [owned] : []),
    ...(owned?.replica && has("state_replica") ? [owned.replica] : []),
    ...logs,
  ];
}

/** Lists as a deploy does: one that may not read a list is not told whether a state is missing or denied. */
function reachableCheck({ bucket, region }: S3State, part: string): Check {
  const place = `s3://${bucket}/${part}/`;
  return {
    subject: "state bucket",
    region,
    asks: ["s3:ListBucket"],
    ask: async (asker) => {
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: `${part}/`, MaxKeys: 1 });
      const answer = await unlessRefused(() =>
        asker.call(`asking S3 in ${region}`, (limit) => asker.client(S3Client, region).send(command, limit)),
      );
      return {
        status: "refused" in answer ? "fails" : "fine",
        needed: `${place} can be listed`,
        found: "refused" in answer ? answer.refused : "it can",
        raise: `make the bucket (terraform-state/README.md), and let the role list ${place}`,
      };
    },
  };
}

function versionsCheck({ bucket, region }: S3State): Check {
  return {
    subject: "versions of the state bucket",
    region,
    asks: ["s3:GetBucketVersioning"],
    ask: async (asker) => {
      const command = new GetBucketVersioningCommand({ Bucket: bucket });
      const answer = asker.call(`asking S3 in ${region}`, (limit) =>
        asker.client(S3Client, region).send(command, limit),
      );
      const settings = await unlessMissing(answer, "NoSuchBucket");
      const isOn = settings?.Status === "Enabled";
      const off = settings ? `versioning is ${settings.Status ?? "off"}` : "there is no such bucket";
      return {
        status: isOn ? "fine" : "fails",
        needed: "old states are kept",
        found: isOn ? "they are" : off,
        raise: `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
      };
    },
  };
}

/** Names of buckets are the same for all of AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function nameCheck({ bucket, region }: Bucket, account: Account): Check {
  return {
    subject: "name of a bucket",
    region,
    asks: ["s3:ListBucket"],
    ask: async (asker) =>
      nameAnswer(bucket, account, await bucketStatus({ bucket, region }, account.id, asker)),
  };
}

/** What S3 says of a bucket that has to be the account's, if it is there. A HEAD has no body that could say more. */
async function bucketStatus({ bucket, region }: Bucket, account: string, asker: AccountAsker) {
  const command = new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account });
  try {
    await asker.call(`asking S3 in ${region}`, (limit) =>
      asker.client(S3Client, region).send(command, limit),
    );
    return 200;
  } catch (error) {
    const status = statusOf(error) ?? 0;
    if (status === 301 || status === 403 || status === 404) return status;
    throw error;
  }
}

const otherName = "give it another name in the fleet file; no two buckets of AWS share one";

function nameAnswer(bucket: string, { name }: Account, status: number): Answer {
  const needed = `${bucket} is free, or this account's`;
  const fine = { status: "fine", needed, raise: otherName } as const;
  if (status === 200) return { ...fine, found: "it is this account's already" };
  if (status === 404) return { ...fine, found: "it is free" };
  if (status === 301) return { ...fine, status: "fails", found: "it is in another region" };
  return {
    ...{ status: "unknown", needed, found: "it is somebody else's, or the role may not ask" },
    raise: `if it is somebody else's, ${otherName}; if not, let the role call s3:ListBucket: \`npx meridian role ${name}\` prints its template`,
  };
}

async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | { readonly refused: string }> {
  try {
    return await ask();
  } catch (error) {
    if (isRefusal(error, "NoSuchBucket")) return { refused: "there is no such bucket" };
    if (isRefusal(error, "PermanentRedirect")) return { refused: "the bucket is in another region" };
    if (isRefusal(error, "AccessDenied")) return { refused: `it may not: ${error.message}` };
    throw error;
  }
}
