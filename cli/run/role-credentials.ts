import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { UserError } from "../../fleet/errors";
import type { Account, Fleet } from "../../fleet/model";
import { awsClientOptions, describeError, isRefusal, isUnreachable } from "./aws-client";
import type { Credentials } from "./signed-request";

/** A role to assume. */
export interface Role {
  readonly arn: string;
  readonly sessionName: string;
  readonly externalId?: string;
}

/** Thrown where the environment holds no credentials: nothing else can be done then. */
export class NoCredentials extends UserError {}

/** The role that Terraform deploys into an account with, under the name that it uses. */
export function deployRole(fleet: string, { deployRole, externalId, id }: Account): Role {
  return { arn: `arn:aws:iam::${id}:role/${deployRole}`, sessionName: `meridian-${fleet}`, externalId };
}

/** Asked where a fleet has no other region. */
const spareRegions = ["us-east-1", "us-west-2"];

/**
 * Regions to ask STS in, one after the other: the fleet's, then two that every account has. A region that is taken out
 * may be down, so it comes last.
 */
export function stsRegions(fleet: Fleet, takenOut?: string): readonly string[] {
  const regions = fleet.cells.flatMap(({ targets }) => targets).map(({ region }) => region);
  const others = [...regions, ...spareRegions].filter((region) => region !== takenOut);
  return [...new Set([...others, ...(takenOut === undefined ? [] : [takenOut])])];
}

/** Hands out credentials of roles, each assumed once. */
export type AssumeRole = (role: Role) => Promise<Credentials>;

/**
 * Assumes roles with what the caller's environment offers: variables, profiles, SSO, a web identity, the machine's own
 * role.
 *
 * @param regions where to ask STS: the next where one does not answer
 */
export function roleAssumer(regions: readonly string[]): AssumeRole {
  const sessions = new Map<string, Promise<Credentials>>();
  return (role) => {
    const session = sessions.get(role.arn) ?? assume(role, regions);
    sessions.set(role.arn, session);
    return session;
  };
}

/** @throws {UserError} the role cannot be assumed; {@link NoCredentials} */
async function assume(role: Role, regions: readonly string[]): Promise<Credentials> {
  let unreachable: unknown;
  for (const region of regions) {
    const clientConfig = awsClientOptions(region);
    try {
      return await fromTemporaryCredentials({
        masterCredentials: fromNodeProviderChain({ clientConfig }),
        clientConfig,
        params: { RoleArn: role.arn, RoleSessionName: role.sessionName, ExternalId: role.externalId },
      })();
    } catch (error) {
      if (isRefusal(error, "CredentialsProviderError", "TokenProviderError")) throw noCredentials(error);
      if (!isUnreachable(error)) throw notAssumed(role, error);
      unreachable = error;
    }
  }
  throw new UserError(
    `STS answers in none of ${regions.join(", ")}: ${describeError(unreachable)}`,
    `the role ${role.arn} has to be assumed`,
    "look at this machine's connection to AWS, or at AWS_ENDPOINT_URL where it is set",
  );
}

function noCredentials(error: Error): NoCredentials {
  return new NoCredentials(
    `there are no AWS credentials in this shell: ${error.message}`,
    "the deploy role of the front's account is assumed with them",
    'sign in (`aws sso login`, AWS_PROFILE, …); for the sandbox: eval "$(npx meridian sandbox env)"',
  );
}

function notAssumed({ arn }: Role, error: unknown): UserError {
  return new UserError(
    `the role ${arn} cannot be assumed: ${describeError(error)}`,
    "the call has to be made in its account",
    "use credentials that may assume it, as those of a deploy must",
  );
}
