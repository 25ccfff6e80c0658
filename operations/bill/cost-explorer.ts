import {
  CostExplorerClient,
  GetCostAndUsageCommand,
  type GetCostAndUsageCommandOutput,
  type Group,
} from "@aws-sdk/client-cost-explorer";
import { UserError } from "../../fleet/errors";
import { globalRegion } from "../../fleet/geography/regions";
import { stackTag } from "../../fleet/stack-mark";
import type { TimeLimits } from "../aws/bounded-handler";
import { awsClientOptions, type Caller, callAws } from "../aws/client";
import { describeError, isRefusal, isThrottled, isUnreachable, proxyHint } from "../aws/errors";
import type { Credentials } from "../aws/role-credentials";
import { type Money, parseMoney } from "./money";
import { type BillingMonth, monthsKept } from "./month";

/** What one stack cost in one account. */
export interface Cost {
  readonly accountId: string;
  /** Absent for what carries no {@link stackTag}. */
  readonly stack?: string;
  readonly amount: Money;
}

/** The costs of a month. */
export interface Costs {
  readonly costs: readonly Cost[];
  /** ISO 4217. */
  readonly currency: string;
  /** Whether AWS may still change them. */
  readonly isEstimated: boolean;
  /** Whether a sandbox invented them. */
  readonly isMadeUp: boolean;
  /** Queries that it took, each of which AWS bills. */
  readonly queries: number;
}

/** Who asks. */
export interface CostReader extends Caller {
  /** ARN of the role, for messages. */
  readonly role: string;
  readonly credentials: () => Promise<Credentials>;
  /** How long an answer is waited for. @default 30 s, for Cost Explorer thinks longer than other services */
  readonly limits?: TimeLimits;
}

const defaultLimits: TimeLimits = { connection: 2_000, request: 30_000 };

/** Milliseconds for two tries. */
const callLimit = 65_000;

/** What the sandbox's answers carry: its figures are invented. */
const madeUpHeader = "x-meridian-made-up";

/** More pages than any organization has; a service that never comes to an end is not asked, and paid, for ever. */
const mostPages = 500;

/**
 * Asks Cost Explorer what each account and stack cost, before discounts are shared out (unblended). AWS bills USD 0.01
 * for every page: https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/
 *
 * @throws {UserError} AWS refuses, does not answer, has no costs, or bills in several currencies
 */
export async function readCosts(month: BillingMonth, reader: CostReader): Promise<Costs> {
  const { credentials, limits = defaultLimits } = reader;
  await credentials();
  const client = new CostExplorerClient({ ...awsClientOptions(globalRegion, limits), credentials });
  const noted = noteMadeUp(client);
  try {
    const pages = await allPages(client, month, reader);
    const groups = pages.flatMap(({ ResultsByTime = [] }) =>
      ResultsByTime.flatMap(({ Groups = [] }) => Groups),
    );
    if (groups.length === 0) throw noCosts(month.name);
    const results = pages.flatMap(({ ResultsByTime = [] }) => ResultsByTime);
    return {
      costs: groups.map(costOf),
      currency: currencyOf(groups),
      isEstimated: results.some(({ Estimated }) => Estimated),
      isMadeUp: noted.isMadeUp,
      queries: pages.length,
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw costError(error, month, reader);
  } finally {
    client.destroy();
  }
}

async function allPages(client: CostExplorerClient, month: BillingMonth, caller: Caller) {
  const pages: GetCostAndUsageCommandOutput[] = [];
  let token: string | undefined;
  do {
    const command = new GetCostAndUsageCommand({
      TimePeriod: { Start: month.start, End: month.end },
      Granularity: "MONTHLY",
      Metrics: ["UnblendedCost"],
      GroupBy: [
        { Type: "DIMENSION", Key: "LINKED_ACCOUNT" },
        { Type: "TAG", Key: stackTag },
      ],
      NextPageToken: token,
    });
    const what = `asking Cost Explorer for ${month.name}, page ${pages.length + 1}`;
    const page = await callAws(caller, what, (options) => client.send(command, options), {
      limit: callLimit,
      isBusy,
    });
    pages.push(page);
    if (page.NextPageToken !== undefined && (page.NextPageToken === token || pages.length >= mostPages)) {
      throw new Error(`Cost Explorer's answer does not end: gave up after ${pages.length} pages`);
    }
    token = page.NextPageToken;
  } while (token !== undefined);
  return pages;
}

/** Cost Explorer has a name of its own for being asked too often. */
function isBusy(error: unknown): boolean {
  return isThrottled(error) || isRefusal(error, "LimitExceededException");
}

/** Looks at the headers of answers, which the SDK does not hand over. */
function noteMadeUp(client: CostExplorerClient): { readonly isMadeUp: boolean } {
  const noted = { isMadeUp: false };
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      if (headers[madeUpHeader] === "true") noted.isMadeUp = true;
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  return noted;
}

/** A group's keys are the account, and the tag as `meridian:stack$<value>`, with nothing behind `$` where it is missing. */
function costOf({ Keys: [accountId, tag] = [], Metrics }: Group): Cost {
  const amount = Metrics?.UnblendedCost?.Amount;
  const prefix = `${stackTag}$`;
  if (accountId === undefined || amount === undefined || !tag?.startsWith(prefix)) {
    throw new Error("Cost Explorer answered in an unknown form");
  }
  return { accountId, stack: tag.slice(prefix.length) || undefined, amount: parseMoney(amount) };
}

/** Of amounts of nothing, the unit says nothing. */
function currencyOf(groups: readonly Group[]): string {
  const units = groups.flatMap(({ Metrics }) => {
    const { Amount = "0", Unit } = Metrics?.UnblendedCost ?? {};
    return Unit === undefined || parseMoney(Amount) === 0n ? [] : [Unit];
  });
  const [currency = "USD", ...others] = new Set(units);
  if (others.length > 0) throw mixedCurrencies([currency, ...others]);
  return currency;
}

/** The permission that a bill takes. */
const permission = "ce:GetCostAndUsage";

/** What went wrong at Cost Explorer, for whoever wants the bill. */
function costError(error: unknown, { name }: BillingMonth, { environment, role }: CostReader): UserError {
  const said = describeError(error);
  if (isRefusal(error, "AccessDeniedException", "AccessDenied", "UnauthorizedException")) {
    return new UserError(
      `${role} may not query Cost Explorer: ${said}`,
      `the bill of an organization is read in its management account, with ${permission}`,
      `allow that role ${permission}; if it already is allowed, open Cost Explorer once in the console of the management account, which enables it, and make sure that "IAM user and role access to billing information" is active there`,
    );
  }
  if (isRefusal(error, "DataUnavailableException")) return noCosts(name, said);
  if (isRefusal(error, "ValidationException") && /month|historical/i.test(said)) {
    return new UserError(
      `AWS has no costs for ${name}: ${said}`,
      `Cost Explorer keeps ${monthsKept.always} months, and up to ${monthsKept.atMost} where that was enabled`,
      "name a later month with --month, or enable multi-year data in the Cost Management preferences of the management account",
    );
  }
  return new UserError(
    `Cost Explorer did not say what ${name} cost: ${said}`,
    "the bill comes from there alone",
    fixFor(error, environment),
  );
}

function fixFor(error: unknown, environment: NodeJS.ProcessEnv): string {
  if (isThrottled(error) || isRefusal(error, "LimitExceededException")) {
    return "AWS is throttling requests: try again in a minute";
  }
  if (isUnreachable(error)) {
    return `check this machine's connection to AWS, and try again${proxyHint(environment)}`;
  }
  return "try again";
}

/** For a month without a single cost. */
function noCosts(month: string, said = "its answer is empty"): UserError {
  return new UserError(
    `Cost Explorer has no costs for ${month}: ${said}`,
    "costs appear there up to 24 hours late, and in a new organization only once Cost Explorer has been opened in the console",
    "try again tomorrow, or name an earlier month with --month",
  );
}

/** For a bill whose amounts cannot be added up. */
function mixedCurrencies(currencies: readonly string[]): UserError {
  return new UserError(
    `the costs are in several currencies: ${[...currencies].sort().join(", ")}`,
    "amounts in different currencies cannot be added up",
    "look at the bill in the AWS console",
  );
}
