import type { Account } from "../../fleet/account";
import { UserError } from "../../fleet/errors";
import type { Fleet } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import { sortBy } from "../../fleet/values";
import { type AccountAsker, openAccountAsker } from "../aws/account-asker";
import { describeError, isUnreachable, proxyHint, statusOf } from "../aws/errors";
import {
  type AwsSession,
  deployRole,
  NoCredentials,
  StsUnanswered,
  stsRegions,
} from "../aws/role-credentials";
import { mapFew } from "../store/objects";
import { bucketChecks, sharedStateChecks } from "./buckets";
import { certificateChecks } from "./certificates";
import { cloudFrontChecks } from "./cloudfront";
import { iamChecks } from "./iam";
import { lambdaChecks } from "./lambda";
import type { AccountScope, Answer, Check, Line } from "./model";
import { organizationChecks } from "./organization";
import { pipelineChecks } from "./pipeline";
import { regionChecks } from "./regions";
import { neededRole, roleCheck, roleFix } from "./role";
import { secretChecks } from "./secrets";
import { tableChecks } from "./tables";

/** What is asked about in every account, once its role is known to be there and its regions to be on. */
const subjects: readonly ((scope: AccountScope) => readonly Check[])[] = [
  lambdaChecks,
  iamChecks,
  cloudFrontChecks,
  tableChecks,
  secretChecks,
  certificateChecks,
  bucketChecks,
  organizationChecks,
  pipelineChecks,
];

/** What is asked in an account, besides its role and its regions. */
export function accountChecks(scope: AccountScope): readonly Check[] {
  return subjects.flatMap((checksOf) => checksOf(scope));
}

/** What {@link preflight} asks about, and how. */
export interface PreflightInput {
  readonly fleet: Fleet;
  /** The selected ones. */
  readonly stacks: readonly FleetStack[];
  /** Bytes of the zip of each service, by `<cell>/<service>`. */
  readonly codeSizes: ReadonlyMap<string, number>;
  readonly session: AwsSession;
  readonly now: Date;
}

/** What comes of a check: a line, or nobody who answers. */
type Outcome = { readonly line: Line } | { readonly silent: Check; readonly why: string };

/**
 * Asks AWS what would make the first deploy fail, in all accounts of the stacks at once. It only reads. What cannot be asked
 * is a line of its own, and hides nothing else.
 *
 * @returns by account
 * @throws {NoCredentials} the shell has none, so that nothing can be asked
 */
export async function preflight(input: PreflightInput): Promise<readonly Line[]> {
  const { fleet, session, stacks } = input;
  const accounts = new Map(stacks.map(({ account }) => [account.id, account]));
  const [shared, byAccount] = await Promise.all([
    sharedState(fleet, session),
    mapFew(
      sortBy([...accounts.values()], ({ name }) => name),
      (account) => {
        const own = stacks.filter((stack) => stack.account.id === account.id);
        return accountLines({ ...input, account, stacks: own }, session);
      },
    ),
  ]);
  return [...shared, ...byAccount.flat()];
}

/** State that lies in a bucket of somebody else's, which Terraform reaches with one role, or with the shell's credentials. */
async function sharedState(fleet: Fleet, session: AwsSession): Promise<readonly Line[]> {
  const checks = sharedStateChecks(fleet);
  if (checks.length === 0 || fleet.state.backend !== "s3") return [];
  const arn = fleet.state.role;
  const sessionName = `meridian-${fleet.name}`;
  const asker = openAccountAsker(
    arn === undefined ? undefined : () => session.assumeRole({ arn, sessionName }),
    session,
  );
  try {
    return await linesOf(checks, asker, session);
  } finally {
    asker.close();
  }
}

async function accountLines(scope: AccountScope, session: AwsSession): Promise<readonly Line[]> {
  const { account, fleet } = scope;
  const role = deployRole(fleet.name, account);
  const check = roleCheck(account, stsRegions(fleet));
  try {
    await session.assumeRole(role);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof NoCredentials) throw error;
    return [notAssumed(account, check, error)];
  }
  const asker = openAccountAsker(() => session.assumeRole(role), session);
  try {
    const who = await linesOf([check], asker, session, account);
    // In another account than meant, nothing else is worth to be known.
    if (who.some(({ status }) => status === "fails")) return who;
    const regions = await linesOf(regionChecks(scope), asker, session, account);
    const off = regions.flatMap(({ region, status }) => (status === "fails" ? [region] : []));
    const asked = accountChecks(scope).filter(({ region }) => !off.includes(region));
    return [...who, ...regions, ...(await linesOf(asked, asker, session, account))];
  } finally {
    asker.close();
  }
}

function notAssumed(account: Account, { asks, region, subject }: Check, error: UserError): Line {
  return {
    ...{ account: nameOf(account), subject, region, asks },
    ...refused(error),
    needed: neededRole(account),
    ...(!(error instanceof StsUnanswered) && { raise: roleFix(account.name, error.fix) }),
  };
}

/** All checks at once; those of a region where nobody answers become one line. */
async function linesOf(
  checks: readonly Check[],
  asker: AccountAsker,
  session: AwsSession,
  account?: Account,
): Promise<readonly Line[]> {
  const outcomes = await Promise.all(checks.map((check) => outcomeOf(check, asker, account)));
  const answered = outcomes.flatMap((one) => ("line" in one ? [one.line] : []));
  const silent = outcomes.flatMap((one) => ("silent" in one ? [one] : []));
  const regions = [...new Set(silent.map(({ silent: { region } }) => region))];
  return [
    ...answered,
    ...regions.map((region): Line => {
      const ones = silent.filter(({ silent: check }) => check.region === region);
      return {
        ...(account && { account: nameOf(account) }),
        region,
        subject: [...new Set(ones.map(({ silent: { subject } }) => subject))].join(", "),
        asks: [...new Set(ones.flatMap(({ silent: { asks } }) => asks))],
        status: "unknown",
        needed: "an answer",
        found: `nobody answers: ${ones[0]?.why}`,
        raise: `ask again once ${region} answers, or check this machine's connection to AWS${proxyHint(session.environment)}`,
      };
    }),
  ];
}

async function outcomeOf(check: Check, asker: AccountAsker, account?: Account): Promise<Outcome> {
  const { asks, region, subject } = check;
  const about = { ...(account && { account: nameOf(account) }), region, subject, asks };
  try {
    return { line: { ...about, ...(await check.ask(asker)) } };
  } catch (error) {
    if (error instanceof NoCredentials) throw error;
    if (error instanceof UserError) return { line: { ...about, ...refused(error) } };
    if (isUnreachable(error)) return { silent: check, why: describeError(error) };
    const raise = isDenied(error) ? `let the role call ${asks.join(", ")}${where(account)}` : "ask again";
    return {
      line: { ...about, status: "unknown", needed: "an answer", found: describeError(error), raise },
    };
  }
}

/** The role that was to ask cannot be assumed; an STS that says nothing does not say that. */
function refused(error: UserError): Answer {
  const status = error instanceof StsUnanswered ? "unknown" : "fails";
  return { status, needed: "an answer", found: error.what, raise: error.fix };
}

function where(account: Account | undefined): string {
  return account ? `: \`npx meridian role ${account.name}\` prints its template` : "";
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && (statusOf(error) === 403 || /AccessDenied|Unauthorized/.test(error.name));
}

function nameOf({ id, name }: Account): NonNullable<Line["account"]> {
  return { name, id };
}
