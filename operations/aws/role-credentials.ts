import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { Account } from "../../fleet/account";
import { roleArn } from "../../fleet/account";
import { UserError } from "../../fleet/errors";
import { findRegion, globalRegion } from "../../fleet/geography/regions";
import type { Fleet } from "../../fleet/model";
import { boundedHandler } from "./bounded-handler";
import { awsClientOptions, type Caller, callAws } from "./client";
import { describeError, isRefusal, isThrottled, isUnreachable, proxyHint } from "./errors";

/** An access key, with its token if it is one of a role's session. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When it ends; absent where it does not. */
  readonly expiration?: Date;
}

/** A role to assume. */
export interface Role {
  readonly arn: string;
  readonly sessionName: string;
  readonly externalId?: string;
}

/** Thrown where the environment holds no credentials: nothing else can be done then. */
export class NoCredentials extends UserError {}

/** The role that Terraform deploys into an account with, under the name that it uses. */
export function deployRole(fleet: string, account: Account): Role {
  return { arn: roleArn(account), sessionName: `meridian-${fleet}`, externalId: account.externalId };
}

/** Asked where a fleet has too few regions that every account can use. */
const spareRegions = [globalRegion, "us-west-2"];

/** So many regions are never down at once; asking more would only take longer. */
const mostRegions = 4;

/**
 * Regions to ask STS in, one after the other: the fleet's, then two more, then those that an account must opt in to,
 * for credentials may come from one that did not. A region that is taken out may be down, so it comes last.
 */
export function stsRegions(fleet: Fleet, takenOut?: string): readonly string[] {
  const regions = fleet.cells.flatMap(({ targets }) => targets).map(({ region }) => region);
  const isOptIn = (region: string) => findRegion(region)?.optIn ?? false;
  const ordered = [
    ...regions.filter((region) => !isOptIn(region)),
    ...spareRegions,
    ...regions.filter(isOptIn),
  ];
  const others = ordered.filter((region) => region !== takenOut);
  const last = takenOut !== undefined && regions.includes(takenOut) ? [takenOut] : [];
  return [...new Set([...others, ...last])].slice(0, mostRegions);
}

/** Hands out credentials of roles, each assumed once for as long as its session lasts. */
export type AssumeRole = (role: Role) => Promise<Credentials>;

/** A caller that can assume roles. */
export interface AwsSession extends Caller {
  readonly assumeRole: AssumeRole;
}

/**
 * Assumes roles with what the caller's environment offers: variables, profiles, SSO, a web identity, the machine's own
 * role. The SDK looks that up once.
 *
 * @param regions where to ask STS: the next where one does not answer
 */
export function awsSession(regions: readonly string[], caller: Caller): AwsSession {
  // No region here: the SDK would ask it, and not the region of the SSO session, for an SSO profile's credentials.
  const chain = fromNodeProviderChain({ clientConfig: { requestHandler: boundedHandler() } });
  const ownCredentials = () => callAws(caller, "looking for AWS credentials", () => chain());
  const sessions = new Map<string, Promise<Credentials>>();
  const assumeRole = async (role: Role) => {
    const known = sessions.get(role.arn);
    if (known && !endsSoon(await known)) return known;
    // Whoever else waited for the same one may have begun the next already.
    const latest = sessions.get(role.arn);
    const session =
      latest !== undefined && latest !== known ? latest : assume(role, regions, ownCredentials, caller);
    sessions.set(role.arn, session);
    return session;
  };
  return { ...caller, assumeRole };
}

/** Milliseconds before its end from which on a session is not used any more: a call takes its time. */
const margin = 5 * 60_000;

function endsSoon({ expiration }: Credentials): boolean {
  return expiration !== undefined && expiration.getTime() - Date.now() < margin;
}

/** @throws {UserError} the role cannot be assumed; {@link NoCredentials} */
async function assume(
  role: Role,
  regions: readonly string[],
  ownCredentials: () => Promise<Credentials>,
  caller: Caller,
): Promise<Credentials> {
  const masterCredentials = await ownCredentials().catch((error: unknown) => {
    throw noCredentials(error);
  });
  let refusal: unknown;
  let failure: unknown;
  for (const region of regions) {
    const provider = fromTemporaryCredentials({
      masterCredentials,
      // One attempt: the next region is asked sooner than this one once more.
      clientConfig: { ...awsClientOptions(region), maxAttempts: 1 },
      params: { RoleArn: role.arn, RoleSessionName: role.sessionName, ExternalId: role.externalId },
    });
    try {
      return await callAws(caller, `asking STS in ${region}`, () => provider());
    } catch (error) {
      if (isRefusal(error, "ExpiredToken", "ExpiredTokenException")) throw noCredentials(error);
      if (isRefusal(error, ...refusedHere)) refusal ??= error;
      else if (isUnreachable(error) || isThrottled(error)) failure = error;
      else throw notAssumed(role, error);
    }
  }
  if (refusal !== undefined) throw notAssumed(role, refusal);
  throw notAnswered(role, regions, failure, caller);
}

/** What STS says in a region that an account did not opt in to: of the role's account, and of the caller's. */
const refusedHere = ["RegionDisabledException", "InvalidClientTokenId"];

function noCredentials(error: unknown): NoCredentials {
  return new NoCredentials(
    `no working AWS credentials were found in this shell: ${describeError(error)}`,
    "they are needed to assume the deploy role of the account",
    'sign in (`aws sso login`, AWS_PROFILE, …); for the sandbox: eval "$(npx meridian sandbox env)"',
  );
}

function notAssumed({ arn }: Role, error: unknown): UserError {
  return new UserError(
    `the role ${arn} cannot be assumed: ${describeError(error)}`,
    "the call has to be made in its account",
    "use credentials that may assume it, as for a deploy",
  );
}

function notAnswered(
  { arn }: Role,
  regions: readonly string[],
  error: unknown,
  { environment }: Caller,
): UserError {
  const why = `the role ${arn} has to be assumed`;
  const where = regions.join(", ");
  if (isThrottled(error)) {
    return new UserError(
      `STS is throttling requests in all of ${where}: ${describeError(error)}`,
      why,
      "try again in a minute, or see what else calls STS with these credentials",
    );
  }
  return new UserError(
    `STS does not answer in any of ${where}: ${describeError(error)}${proxyHint(environment)}`,
    why,
    "check this machine's connection to AWS, and AWS_ENDPOINT_URL if it is set",
  );
}
