import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { type Account, roleArn } from "../../fleet/account";
import { UserError } from "../../fleet/errors";
import { findRegion } from "../../fleet/geography/regions";
import type { Fleet } from "../../fleet/model";
import { boundedHandler } from "./bounded-handler";
import { awsClientOptions, callAws } from "./client";
import { describeError, isRefusal, isThrottled, isUnreachable, proxyHint } from "./errors";
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
export function deployRole(fleet: string, account: Account): Role {
  return { arn: roleArn(account), sessionName: `meridian-${fleet}`, externalId: account.externalId };
}

/** Asked where a fleet has too few regions that every account can use. */
const spareRegions = ["us-east-1", "us-west-2"];

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

/** Hands out credentials of roles, each assumed once. */
export type AssumeRole = (role: Role) => Promise<Credentials>;

/**
 * Assumes roles with what the caller's environment offers: variables, profiles, SSO, a web identity, the machine's own
 * role. The SDK looks that up once.
 *
 * @param regions where to ask STS: the next where one does not answer
 */
export function roleAssumer(regions: readonly string[]): AssumeRole {
  // No region here: the SDK would ask it, and not the region of the SSO session, for an SSO profile's credentials.
  const chain = fromNodeProviderChain({ clientConfig: { requestHandler: boundedHandler() } });
  const ownCredentials = () => callAws("looking for AWS credentials", () => chain());
  const sessions = new Map<string, Promise<Credentials>>();
  return (role) => {
    const session = sessions.get(role.arn) ?? assume(role, regions, ownCredentials);
    sessions.set(role.arn, session);
    return session;
  };
}

/** @throws {UserError} the role cannot be assumed; {@link NoCredentials} */
async function assume(
  role: Role,
  regions: readonly string[],
  ownCredentials: () => Promise<Credentials>,
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
      return await callAws(`asking STS in ${region}`, () => provider());
    } catch (error) {
      if (isRefusal(error, "ExpiredToken", "ExpiredTokenException")) throw noCredentials(error);
      if (isRefusal(error, ...refusedHere)) refusal ??= error;
      else if (isUnreachable(error) || isThrottled(error)) failure = error;
      else throw notAssumed(role, error);
    }
  }
  if (refusal !== undefined) throw notAssumed(role, refusal);
  throw notAnswered(role, regions, failure);
}

/** What STS says in a region that an account did not opt in to: of the role's account, and of the caller's. */
const refusedHere = ["RegionDisabledException", "InvalidClientTokenId"];

function noCredentials(error: unknown): NoCredentials {
  return new NoCredentials(
    `there are no AWS credentials in this shell that work: ${describeError(error)}`,
    "the deploy role of the account is assumed with them",
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

function notAnswered({ arn }: Role, regions: readonly string[], error: unknown): UserError {
  const why = `the role ${arn} has to be assumed`;
  const where = regions.join(", ");
  if (isThrottled(error)) {
    return new UserError(
      `STS is asked too often, in all of ${where}: ${describeError(error)}`,
      why,
      "try again in a minute, or see what else calls STS with these credentials",
    );
  }
  return new UserError(
    `STS answers in none of ${where}: ${describeError(error)}${proxyHint(process.env)}`,
    why,
    "look at this machine's connection to AWS, or at AWS_ENDPOINT_URL where it is set",
  );
}
