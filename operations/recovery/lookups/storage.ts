import {
  DescribeKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
} from "@aws-sdk/client-kms";
import { GetBucketTaggingCommand, HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { stackTag } from "../../../fleet/stack-mark";
import { allPages, unlessMissing } from "../../aws/answers";
import { statusOf } from "../../aws/errors";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf } from "./model";

async function findBucket({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const Bucket = textOf(values, "bucket") ?? "";
  const what = `the bucket ${Bucket}`;
  const client = asker.client(S3Client, region);
  const place = { Bucket, ExpectedBucketOwner: asker.account };
  try {
    await asker.call(`asking S3 in ${region}`, (limit) => client.send(new HeadBucketCommand(place), limit));
  } catch (error) {
    // HEAD has no body, so only the status tells: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    const status = statusOf(error);
    if (status === 404) return [];
    const obstacle =
      status === 403
        ? `it belongs to another account than ${asker.account}, or the deploy role may not look at it`
        : `it is in another region than ${region}`;
    if (status === 403 || status === 301 || status === 400) return [{ id: Bucket, what, obstacle }];
    throw error;
  }
  const answer = asker.call(`asking S3 in ${region}`, (limit) =>
    client.send(new GetBucketTaggingCommand(place), limit),
  );
  return [{ id: Bucket, what, tags: tagsOf((await unlessMissing(answer, "NoSuchTagSet"))?.TagSet) }];
}

/** The tags of a key; none where it belongs to others. */
function keyTags(id: string, region: string, asker: Asker): Promise<Readonly<Record<string, string>>> {
  return asker.once(`key ${region} ${id}`, async () => {
    const client = asker.client(KMSClient, region);
    const command = new ListResourceTagsCommand({ KeyId: id });
    const answer = asker.call(`asking KMS in ${region}`, (limit) => client.send(command, limit));
    return tagsOf((await unlessMissing(answer, "AccessDeniedException", "NotFoundException"))?.Tags);
  });
}

/** A key has no name but what its alias says, which is made after it: it is looked for by its tags. */
async function findKey({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const client = asker.client(KMSClient, region);
  const asking = `asking KMS in ${region}`;
  const keys = await asker.once(`keys ${region}`, () =>
    allPages(async (Marker) => {
      const { Keys, NextMarker } = await asker.call(asking, (limit) =>
        client.send(new ListKeysCommand({ Marker, Limit: 1000 }), limit),
      );
      return { items: Keys, next: NextMarker };
    }),
  );
  const found = await Promise.all(
    keys.map(async ({ KeyId = "" }): Promise<readonly Found[]> => {
      const tags = await keyTags(KeyId, region, asker);
      if (tags[stackTag] !== asker.stack) return [];
      const { KeyMetadata } = await asker.call(asking, (limit) =>
        client.send(new DescribeKeyCommand({ KeyId }), limit),
      );
      // One that is to be deleted is on its way out, and a stack may have others.
      const isIt =
        KeyMetadata?.KeyState === "Enabled" && KeyMetadata.Description === textOf(values, "description");
      return isIt ? [{ id: KeyId, what: `the key ${KeyId} in ${region}`, tags }] : [];
    }),
  );
  return found.flat();
}

async function findKeyAlias({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const client = asker.client(KMSClient, region);
  const all = await asker.once(`key aliases ${region}`, () =>
    allPages(async (Marker) => {
      const { Aliases, NextMarker } = await asker.call(`asking KMS in ${region}`, (limit) =>
        client.send(new ListAliasesCommand({ Marker, Limit: 100 }), limit),
      );
      return { items: Aliases, next: NextMarker };
    }),
  );
  const found = all.find(({ AliasName }) => AliasName === name);
  if (!found) return [];
  const tags = found.TargetKeyId === undefined ? {} : await keyTags(found.TargetKeyId, region, asker);
  return [{ id: name, what: `the key's name ${name} in ${region}`, tags }];
}

/**
 * What S3 and KMS refuse to make twice, and keys, of which KMS would make a second one. What is set on a bucket is put,
 * whether it is there or not.
 */
export const storageLookups = {
  aws_s3_bucket: { identity: ["bucket"], find: findBucket },
  aws_kms_key: { identity: ["description"], isUnique: false, find: findKey },
  aws_kms_alias: { identity: ["name"], find: findKeyAlias },
} as const satisfies Readonly<Record<string, Lookup>>;
