import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Identity } from "../gateway/identities";

/** Where a build asks for its credentials, in the sandbox's own API: `<this>/<name>`. */
export const credentialsPath = "build-credentials";

/** What a build asks for its credentials with. */
export interface CredentialsLink {
  /** Variables by which every SDK finds them: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
  readonly variables: Readonly<Record<string, string>>;
  /** Nothing is answered any more. */
  readonly close: () => void;
}

/** The credentials of the builds that run. */
export interface BuildCredentials {
  /**
   * Lets a build ask for a session.
   *
   * @param endpoint the sandbox's
   */
  readonly open: (session: Identity, endpoint: string) => CredentialsLink;
  /** What is answered to who knows a name and its token; undefined for anybody else. */
  readonly answer: (name: string, token: string | undefined) => object | undefined;
}

/** How long an SDK may keep what it is answered, in milliseconds. */
const validMs = 60 * 60 * 1000;

/** Hands out none at first. */
export function createBuildCredentials(): BuildCredentials {
  const open = new Map<string, { readonly session: Identity; readonly token: Buffer }>();
  return {
    open(session, endpoint) {
      const [name, token] = [randomBytes(24).toString("hex"), randomBytes(24).toString("hex")];
      open.set(name, { session, token: Buffer.from(token) });
      return {
        variables: {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}/_sandbox/${credentialsPath}/${name}`,
          AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
        },
        close: () => void open.delete(name),
      };
    },
    answer(name, token = "") {
      const found = open.get(name);
      const given = Buffer.from(token);
      if (!found || given.length !== found.token.length || !timingSafeEqual(given, found.token))
        return undefined;
      const { accessKeyId, arn, secretAccessKey, sessionToken } = found.session;
      return {
        RoleArn: arn,
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: new Date(Date.now() + validMs).toISOString(),
      };
    },
  };
}
