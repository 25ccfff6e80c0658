import type { HttpResponse, ServiceHandler } from "../http";
import { motoCall } from "../moto/proxy";

/** Who an access key belongs to. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** 12 digits. */
  readonly account: string;
  readonly arn: string;
}

/** The account that moto gives to access keys that it does not know. */
const defaultAccount = "123456789012";

/** The credentials that one starts with in the sandbox; they may assume any role. */
const baseIdentity: Identity = {
  accessKeyId: "test",
  secretAccessKey: "test",
  account: defaultAccount,
  arn: `arn:aws:iam::${defaultAccount}:root`,
};

/** The access keys that were handed out in the sandbox. */
export interface Identities {
  readonly find: (accessKeyId: string) => Identity | undefined;
  /** The account of an access key; for one that was never handed out, {@link defaultAccount}. */
  readonly accountOf: (accessKeyId: string) => string;
  /** Remembers the credentials in an answer of STS's AssumeRole. Undefined when there are none in it. */
  readonly learn: (response: HttpResponse) => Identity | undefined;
  /** Remembers the access key in an answer of IAM's CreateAccessKey, for the account that was asked. */
  readonly learnUser: (response: HttpResponse, account: string) => void;
}

/**
 * The role behind a session's ARN; any other ARN stays as it is. Sessions of one role are one principal, and policies
 * name the role. A role with a path is not recognised: its session does not tell the path.
 */
export function roleOf(arn: string): string {
  return arn.replace(/^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, "arn:$1:iam::$2:role/$3");
}

/** An account id is an access key of that account, so that one can call a function URL without assuming a role first. */
function accountKey(accessKeyId: string): Identity | undefined {
  if (!/^\d{12}$/.test(accessKeyId)) return undefined;
  const { secretAccessKey } = baseIdentity;
  return { accessKeyId, secretAccessKey, account: accessKeyId, arn: `arn:aws:iam::${accessKeyId}:root` };
}

/** Knows the {@link baseIdentity} at first, and the key that every account has. */
export function createIdentities(): Identities {
  const known = new Map([[baseIdentity.accessKeyId, baseIdentity]]);
  const find = (accessKeyId: string) => known.get(accessKeyId) ?? accountKey(accessKeyId);
  return {
    find,
    accountOf: (accessKeyId) => find(accessKeyId)?.account ?? defaultAccount,
    learn(response) {
      const element = elementsOf(response);
      const accessKeyId = element("AccessKeyId");
      const secretAccessKey = element("SecretAccessKey");
      const arn = element("Arn");
      const account = arn?.split(":")[4];
      if (!accessKeyId || !secretAccessKey || !arn || !account) return undefined;
      const identity = { accessKeyId, secretAccessKey, sessionToken: element("SessionToken"), account, arn };
      known.set(accessKeyId, identity);
      return identity;
    },
    learnUser(response, account) {
      const element = elementsOf(response);
      const accessKeyId = element("AccessKeyId");
      const secretAccessKey = element("SecretAccessKey");
      if (!accessKeyId || !secretAccessKey) return;
      const arn = `arn:aws:iam::${account}:user/${element("UserName")}`;
      known.set(accessKeyId, { accessKeyId, secretAccessKey, account, arn });
    },
  };
}

/** Finds the text of an element in a successful answer in XML. */
function elementsOf({ status, body }: HttpResponse): (name: string) => string | undefined {
  const text = status === 200 ? body.toString() : "";
  return (name) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
}

/**
 * Assumes a role, as Lambda does for a function, so that the function's own calls reach the account of its role.
 *
 * @param session its name
 * @throws {AwsError} what STS refuses
 */
export async function assumeRole(
  sts: ServiceHandler,
  identities: Identities,
  roleArn: string,
  region: string,
  session = "sandbox",
): Promise<Identity> {
  const body = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: roleArn,
    RoleSessionName: session,
  });
  const { accessKeyId, account } = baseIdentity;
  const call = motoCall({
    ...{ service: "sts", region, account, accessKeyId, method: "POST", path: "/" },
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: body.toString(),
  });
  return identities.learn(await sts(call)) ?? baseIdentity;
}
