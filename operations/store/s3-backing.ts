import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { type Account, roleArn } from "../../fleet/account";
import type { Fleet } from "../../fleet/model";
import { fleetStacks } from "../../fleet/stacks";
import { partOf, type S3State, stateRole } from "../../fleet/state-location";
import { awsClientOptions, callAws } from "../aws/client";
import { isRefusal, statusOf } from "../aws/errors";
import type { AwsSession } from "../aws/role-credentials";
import type { Backing, Parts } from "./backing";
import type { Listing, Objects } from "./objects";
import { accountOf, reason } from "./states";

/** Milliseconds for what may be large, such as a bundle. */
const patient = { connection: 2_000, request: 120_000 };

/** From here on an object is large, in bytes: what a slow line sends in a second. */
const large = 256 * 1024;

/** Milliseconds for a call about it, with a second attempt. */
const wholeCall = 250_000;

/** The clients of one role, by how much they carry. */
interface Clients {
  readonly small: S3Client;
  readonly large: S3Client;
}

/** What a role is assumed with; undefined for the shell's own credentials. */
type StateRole = ReturnType<typeof stateRole>;

/**
 * State in a bucket: one part for all accounts, or one for each, which its own role reads and writes.
 *
 * @param recordRole name of the role that keeps the runs @default the role of the account that owns the bucket
 */
export function s3Backing(fleet: Fleet, state: S3State, session: AwsSession, recordRole?: string): Backing {
  const { bucket, perAccount, prefix } = state;
  const clients = new Map<string, Clients>();
  const clientsOf = (role: StateRole): Clients => {
    const known = clients.get(role?.arn ?? "");
    if (known) return known;
    const sessionName = `meridian-${fleet.name}`;
    const credentials = role && (() => session.assumeRole({ ...role, sessionName }));
    const made = {
      small: new S3Client({ ...awsClientOptions(state.region), credentials }),
      large: new S3Client({ ...awsClientOptions(state.region, patient), credentials }),
    };
    clients.set(role?.arn ?? "", made);
    return made;
  };
  const below = (folder: string, role: StateRole) => s3Objects(state, folder, () => clientsOf(role), session);
  const part = (account: Account, role: StateRole) => below(partOf(state, account), role);
  const shared = {
    place: `s3://${bucket}/${prefix}`,
    lockKey: (stack: string) => `${stack}.tfstate.tflock`,
    close: () => {
      for (const { large, small } of clients.values()) for (const client of [large, small]) client.destroy();
    },
  };
  const owner = perAccount ? fleet.stateBucket?.account : undefined;
  if (!owner) {
    const objects = below(prefix, state.role === undefined ? undefined : { arn: state.role });
    const parts = async () => ({ parts: [{ objects }], unreadable: [] });
    return { ...shared, objectsOf: () => objects, runs: objects, parts };
  }
  const ownerRole = stateRole(state, owner);
  return {
    ...shared,
    objectsOf: (account) => part(account, stateRole(state, account)),
    runs: part(owner, recordRole === undefined ? ownerRole : roleIn(owner, recordRole)),
    parts: () =>
      partsOfAccounts(fleet, below(prefix, ownerRole), part, (account) => stateRole(state, account)),
  };
}

/** A role beside the deploy role of an account: it trusts whom that one trusts. */
function roleIn(account: Account, name: string): StateRole {
  return { arn: roleArn({ ...account, deployRole: name }), externalId: account.externalId };
}

/**
 * The parts of all accounts, of those among them that are not in the fleet file any more. The account that owns the bucket
 * may list them all, and does; where that fails, each account of the fleet lists its own.
 */
async function partsOfAccounts(
  fleet: Fleet,
  whole: Objects,
  part: (account: Account, role: StateRole) => Objects,
  roleOf: (account: Account) => StateRole,
): Promise<Parts> {
  const { stateBucket } = fleet;
  const ownerRole = stateBucket && roleOf(stateBucket.account);
  try {
    const { folders } = await whole.list("");
    const accounts = folders.filter((name) => /^\d{12}$/.test(name)).map((id) => accountOf(fleet, id));
    return {
      parts: accounts.map((account) => ({ account, objects: part(account, ownerRole) })),
      unreadable: [],
    };
  } catch (error) {
    const accounts = new Map(fleetStacks(fleet).map(({ account }) => [account.id, account]));
    return {
      parts: [...accounts.values()].map((account) => ({ account, objects: part(account, roleOf(account)) })),
      unreadable: [{ where: `${whole.place}/`, why: reason(error) }],
    };
  }
}

/** Objects below a folder of the bucket. */
function s3Objects(
  state: S3State,
  folder: string,
  clients: () => Clients,
  session: Pick<AwsSession, "onSlow">,
): Objects {
  const { bucket, region } = state;
  const place = `s3://${bucket}/${folder}`;
  const at = (key: string) => ({ Bucket: bucket, Key: `${folder}/${key}` });
  const ask = <T>(verb: string, key: string, send: Parameters<typeof callAws<T>>[2], limit?: number) =>
    callAws(session, `${verb} ${place}/${key} in ${region}`, send, limit === undefined ? {} : { limit });
  return {
    place,
    async read(key, patience = "small") {
      const command = new GetObjectCommand(at(key));
      try {
        const { Body, ETag } = await ask(
          "reading",
          key,
          (limit) => clients()[patience].send(command, limit),
          patience === "large" ? wholeCall : undefined,
        );
        return Body && { bytes: Buffer.from(await Body.transformToByteArray()), tag: ETag ?? "" };
      } catch (error) {
        if (isRefusal(error, "NoSuchKey")) return undefined;
        throw error;
      }
    },
    async size(key) {
      try {
        const command = new HeadObjectCommand(at(key));
        return (await ask("looking for", key, (limit) => clients().small.send(command, limit))).ContentLength;
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    async write(key, bytes) {
      const command = new PutObjectCommand({ ...at(key), Body: bytes, ...encryption(state) });
      const isLarge = bytes.length >= large;
      const client = isLarge ? "large" : "small";
      const send: Parameters<typeof callAws<unknown>>[2] = (limit) => clients()[client].send(command, limit);
      await ask("writing", key, send, isLarge ? wholeCall : undefined);
    },
    async remove(key, tag) {
      const command = new DeleteObjectCommand({ ...at(key), IfMatch: tag });
      try {
        await ask("removing", key, (limit) => clients().small.send(command, limit));
        return true;
      } catch (error) {
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
        if (isRefusal(error, "PreconditionFailed", "ConditionalRequestConflict")) return false;
        if (isRefusal(error, "NoSuchKey")) return true;
        throw error;
      }
    },
    async list(under) {
      const Prefix = `${folder}/${under}`;
      const found: { readonly names: string[]; readonly folders: string[] } = { names: [], folders: [] };
      let ContinuationToken: string | undefined;
      do {
        const command = new ListObjectsV2Command({
          Bucket: bucket,
          Prefix,
          Delimiter: "/",
          ContinuationToken,
        });
        const page = await ask("listing", under, (limit) => clients().small.send(command, limit));
        const names = (page.Contents ?? []).flatMap(({ Key }) => Key?.slice(Prefix.length) || []);
        const folders = (page.CommonPrefixes ?? []).flatMap(
          (one) => one.Prefix?.slice(Prefix.length, -1) || [],
        );
        found.names.push(...names);
        found.folders.push(...folders);
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (ContinuationToken !== undefined);
      return found satisfies Listing;
    },
  };
}

/** As terraform-state/backend.ts says it to Terraform: a bucket that Meridian makes refuses a put that says anything. */
function encryption({ kmsKey, perAccount }: S3State) {
  if (kmsKey !== undefined) return { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKey } as const;
  return perAccount ? {} : ({ ServerSideEncryption: "AES256" } as const);
}
