import { DescribeKeyCommand, type KeyMetadata, KMSClient } from "@aws-sdk/client-kms";
import { isMultiRegionKey, multiRegionPrefix } from "../../fleet/tables";
import type { AccountAsker } from "../aws/account-asker";
import { unlessMissing } from "../aws/answers";
import type { Answer, Check } from "./model";

/** What keeps a key from encrypting a table. */
interface Lack {
  readonly why: string;
  /** The command line that helps, or what to do. */
  readonly fix: string;
}

/**
 * Whether the users' own keys that encrypt the tables of a region are there and can be used. Tables with replicas need the
 * same kind of key in each region; one with the same id everywhere is a multi-Region key, which has to be replicated first:
 * https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
 *
 * @param keys ARNs, of this region
 */
export function keyCheck(keys: readonly string[], region: string): Check {
  return {
    subject: "keys of tables",
    region,
    asks: ["kms:DescribeKey"],
    ask: async (asker): Promise<Answer> => {
      const all = await Promise.all(
        keys.map(async (key) => ({ key, lack: lackOf(key, region, await metadataOf(key, region, asker)) })),
      );
      const wrong = all.flatMap(({ key, lack }) => (lack ? [{ key, ...lack }] : []));
      return {
        status: wrong.length > 0 ? "fails" : "fine",
        needed: keys.join(", "),
        found: wrong.length > 0 ? wrong.map(({ key, why }) => `${key} ${why}`).join("; ") : "all can be used",
        raise: wrong.map(({ fix }) => fix).join("; "),
      };
    },
  };
}

async function metadataOf(
  key: string,
  region: string,
  asker: AccountAsker,
): Promise<KeyMetadata | undefined> {
  const answer = asker.call(`asking KMS in ${region}`, (limit) =>
    asker.client(KMSClient, region).send(new DescribeKeyCommand({ KeyId: key }), limit),
  );
  return (await unlessMissing(answer, "NotFoundException"))?.KeyMetadata;
}

/** DynamoDB takes enabled, symmetric keys: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
function lackOf(key: string, region: string, metadata: KeyMetadata | undefined): Lack | undefined {
  const id = key.split("/").at(-1) ?? "";
  if (!metadata) {
    return {
      why: "is not there",
      fix: isMultiRegionKey(key)
        ? `aws kms replicate-key --key-id ${id} --replica-region ${region}, in the region of the primary key`
        : `make a key, and name it in the table's \`kmsKey\`; one for several regions is a multi-Region key, whose id begins with ${multiRegionPrefix}`,
    };
  }
  const { KeySpec, KeyState } = metadata;
  if (KeyState === "PendingDeletion") {
    return {
      why: "is to be deleted",
      fix: `aws kms cancel-key-deletion --region ${region} --key-id ${id}, and enable-key`,
    };
  }
  if (KeyState !== "Enabled") {
    return { why: `is ${KeyState}`, fix: `aws kms enable-key --region ${region} --key-id ${id}` };
  }
  return KeySpec === "SYMMETRIC_DEFAULT"
    ? undefined
    : { why: `is of type ${KeySpec}`, fix: "name a symmetric key in the table's `kmsKey`" };
}
