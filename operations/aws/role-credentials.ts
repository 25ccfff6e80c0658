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
  /** When a session ends. */
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

/** Thrown where STS answers in no region, or throttles: of the caller and of the role it says nothing. */
export class StsUnanswered extends UserError {}

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
  const own = credentialsOf(caller);
  const sessions = new Map<string, Promise<Credentials>>();
  const renewals = new Map<string, number>();
  const assumeRole = (role: Role) => {
    const known = sessions.get(role.arn);
    if (known && Date.now() < (renewals.get(role.arn) ?? Number.POSITIVE_INFINITY)) return known;
    const session = assume(role, regions, own, caller);
    sessions.set(role.arn, session);
    renewals.delete(role.arn);
    session.then(
      ({ expiration }) => {
        if (expiration) renewals.set(role.arn, expiration.getTime() - beforeExpiration);
      },
      () => renewals.set(role.arn, Date.now() + failurePause),
    );
    return session;
  };
  return { ...caller, assumeRole };
}

/**
 * What the caller's environment offers.
 *
 * @returns looks it up, and throws {@link NoCredentials} where there is nothing
 */
export function credentialsOf(caller: Caller): () => Promise<Credentials> {
  // No region here: the SDK would ask it, and not the region of the SSO session, for an SSO profile's credentials.
  const chain = fromNodeProviderChain({ clientConfig: { requestHandler: boundedHandler() } });
  return () =>
    callAws(caller, "looking for AWS credentials", () => chain()).catch((error: unknown) => {
      throw noCredentials(error);
    });
}

/** Milliseconds before a session ends in which it is given to nobody: clients of the SDK want a new one five minutes ahead. */
const beforeExpiration = 6 * 60_000;

/** Milliseconds in which a role that could not be assumed is not tried again: all that wait for it get one answer. */
const failurePause = 30_000;

/** @throws {UserError} the role cannot be assumed; {@link StsUnanswered}; {@link NoCredentials} */
async function assume(
  role: Role,
  regions: readonly string[],
  own: () => Promise<Credentials>,
  caller: Caller,
): Promise<Credentials> {
  const masterCredentials = await own();
  const call = (region: string) =>
    fromTemporaryCredentials({
      masterCredentials,
      // One attempt: the next region is asked sooner than this one once more.
      clientConfig: { ...awsClientOptions(region), maxAttempts: 1 },
      params: { RoleArn: role.arn, RoleSessionName: role.sessionName, ExternalId: role.externalId },
    })();
  const why = `the role ${role.arn} has to be assumed`;
  return askSts({ regions, caller, why, refused: (error) => notAssumed(role, error), call });
}

/** A question to STS. */
export interface StsQuestion<T> {
  /** Where to ask: the next where one does not answer. */
  readonly regions: readonly string[];
  readonly caller: Caller;
  /** Why it is asked. */
  readonly why: string;
  /** What to throw where it refuses. */
  readonly refused: (error: unknown) => UserError;
  readonly call: (region: string) => Promise<T>;
}

/**
 * Asks STS in one region after the other.
 *
 * @throws {UserError} what `refused` says; {@link StsUnanswered} none answers; {@link NoCredentials} they have expired
 */
export async function askSts<T>({ call, caller, refused, regions, why }: StsQuestion<T>): Promise<T> {
  let refusal: unknown;
  let failure: unknown;
  for (const region of regions) {
    try {
      return await callAws(caller, `asking STS in ${region}`, () => call(region));
    } catch (error) {
      if (isRefusal(error, "ExpiredToken", "ExpiredTokenException")) throw noCredentials(error);
      if (isRefusal(error, ...refusedHere)) refusal ??= error;
      else if (isUnreachable(error) || isThrottled(error)) failure = error;
      else throw refused(error);
    }
  }
  if (refusal !== undefined) throw refused(refusal);
  throw notAnswered(why, regions, failure, caller);
}

/** What STS says in a region that an account did not opt in to: of the role's account, and of the caller's. */
const refusedHere = ["RegionDisabledException", "InvalidClientTokenId"];

/** The caller's environment has nothing that AWS takes for credentials. */
export function noCredentials(error: unknown): NoCredentials {
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
  why: string,
  regions: readonly string[],
  error: unknown,
  { environment }: Caller,
): StsUnanswered {
  const where = regions.join(", ");
  if (isThrottled(error)) {
    return new StsUnanswered(
      `STS is throttling requests in all of ${where}: ${describeError(error)}`,
      why,
      "try again in a minute, or see what else calls STS with these credentials",
    );
  }
  return new StsUnanswered(
    `STS does not answer in any of ${where}: ${describeError(error)}${proxyHint(environment)}`,
    why,
    "check this machine's connection to AWS, and AWS_ENDPOINT_URL if it is set",
  );
}
