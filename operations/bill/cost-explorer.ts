import {
  CostExplorerClient,
  GetCostAndUsageCommand,
  type GetCostAndUsageCommandOutput,
  type Group,
} from "@aws-sdk/client-cost-explorer";
import { UserError } from "../../fleet/errors";
import { globalRegion } from "../../fleet/geography/regions";
import type { TimeLimits } from "../aws/bounded-handler";
import { awsClientOptions, callAws } from "../aws/client";
import { isRefusal, isThrottled } from "../aws/errors";
import type { Credentials } from "../aws/signed-request";
import { costError, mixedCurrencies } from "./cost-errors";
import { type Money, parseMoney } from "./money";
import type { BillingMonth } from "./month";

/** The tag that says which stack made a resource: on all that Meridian deploys. */
export const stackTag = "meridian:stack";

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
export interface CostReader {
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
  const { credentials, limits = defaultLimits, role } = reader;
  await credentials();
  const client = new CostExplorerClient({ ...awsClientOptions(globalRegion, limits), credentials });
  const noted = noteMadeUp(client);
  try {
    const pages = await allPages(client, month);
    const groups = pages.flatMap(({ ResultsByTime = [] }) =>
      ResultsByTime.flatMap(({ Groups = [] }) => Groups),
    );
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
    throw costError(error, month, role);
  } finally {
    client.destroy();
  }
}

async function allPages(client: CostExplorerClient, month: BillingMonth) {
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
    const page = await callAws(what, (options) => client.send(command, options), {
      limit: callLimit,
      isBusy,
    });
    pages.push(page);
    if (page.NextPageToken !== undefined && (page.NextPageToken === token || pages.length >= mostPages)) {
      throw new Error(`Cost Explorer's answer has no end: it was given up after ${pages.length} pages`);
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
    throw new Error("Cost Explorer answered in a form that is not known");
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
