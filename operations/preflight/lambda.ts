import {
  GetAccountSettingsCommand,
  type GetAccountSettingsResponse,
  GetFunctionCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import type { Service } from "../../fleet/model";
import { count } from "../../fleet/wording";
import type { AccountAsker } from "../aws/account-asker";
import { isRefusal } from "../aws/errors";
import { type AccountScope, type Answer, amount, type Check } from "./model";
import { type Quota, raiseQuota } from "./quotas";

/**
 * Codes of "Concurrent executions" and "Function and layer storage". AWS's pages have the names only
 * (https://docs.aws.amazon.com/general/latest/gr/lambda-service.html); the codes are those that Service Quotas lists.
 */
const quotas = { concurrency: "L-B99A9384", storage: "L-2ACBD22F" } as const;

/** What must stay for functions that reserve nothing: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const mustStay = 100;

/** What an account has unless AWS gave it less, as it does to new ones: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const usualConcurrency = 1_000;

/** Service Quotas counts the storage in these: 75 by default. */
const gigabyte = 1024 ** 3;

/** A service of a cell that has a target in the region. */
interface Deployed {
  readonly cell: string;
  readonly service: Service;
}

/** Concurrency and code storage, in each region that holds functions: both are the region's own. */
export function lambdaChecks(scope: AccountScope): readonly Check[] {
  const targets = scope.stacks.filter(({ kind }) => kind === "target");
  return [...new Set(targets.flatMap(({ regions }) => regions))].sort().flatMap((region) => {
    const deployed = deployedIn(scope, region);
    const quota = (code: string): Quota => ({ service: "lambda", code, region });
    const reserves = deployed.some(({ service }) => service.reservedConcurrency !== undefined);
    return [
      {
        subject: "Lambda concurrency",
        region,
        asks: ["lambda:GetAccountSettings", ...(reserves ? ["lambda:GetFunction"] : [])],
        ask: async (asker) =>
          concurrencyAnswer(deployed, await settingsOf(region, asker), quota(quotas.concurrency), asker),
      },
      {
        subject: "Lambda code storage",
        region,
        asks: ["lambda:GetAccountSettings"],
        ask: async (asker) => {
          const bytes = deployed.map(
            ({ cell, service }) => scope.codeSizes.get(`${cell}/${service.name}`) ?? 0,
          );
          const needed = bytes.reduce((sum, size) => sum + size, 0);
          return storageAnswer(needed, await settingsOf(region, asker), quota(quotas.storage));
        },
      },
    ];
  });
}

function deployedIn({ account, fleet }: AccountScope, region: string): readonly Deployed[] {
  return fleet.cells
    .filter(({ targets }) =>
      targets.some((target) => target.account.id === account.id && target.region === region),
    )
    .flatMap(({ name, services }) => services.map((service) => ({ cell: name, service })));
}

function settingsOf(region: string, asker: AccountAsker): Promise<GetAccountSettingsResponse> {
  return asker.once(`settings ${region}`, () =>
    asker.call(`asking Lambda in ${region}`, (limit) =>
      asker.client(LambdaClient, region).send(new GetAccountSettingsCommand({}), limit),
    ),
  );
}

/** What the fleet reserves comes beside what others reserve, in place of what its own functions reserve now. */
async function concurrencyAnswer(
  deployed: readonly Deployed[],
  { AccountLimit }: GetAccountSettingsResponse,
  quota: Quota,
  asker: AccountAsker,
): Promise<Answer> {
  const limit = AccountLimit?.ConcurrentExecutions ?? 0;
  const reserved = limit - (AccountLimit?.UnreservedConcurrentExecutions ?? limit);
  const needed = deployed.reduce((sum, { service }) => sum + (service.reservedConcurrency ?? 0), 0);
  if (needed === 0) return unreservedAnswer(limit, quota);
  // Functions are asked one by one, and only where it matters which of them reserve.
  const isEnough = reserved + needed + mustStay <= limit;
  const own = reserved === 0 || isEnough ? 0 : await reservedBy(deployed, quota.region, asker);
  const total = reserved - own + needed + mustStay;
  return {
    status: total <= limit ? "fine" : "fails",
    needed: `${amount(needed)} reserved by the fleet, and ${amount(mustStay)} that nobody reserves`,
    found: `${amount(limit)} at once, of which ${amount(reserved)} are reserved${own > 0 ? `, ${amount(own)} of these by the fleet` : ""}`,
    raise: raiseQuota(quota, Math.max(total, usualConcurrency)),
  };
}

function unreservedAnswer(limit: number, quota: Quota): Answer {
  return {
    status: limit < usualConcurrency ? "note" : "fine",
    needed: "nothing is reserved",
    found:
      limit < usualConcurrency
        ? `${amount(limit)} at once, where AWS usually gives ${amount(usualConcurrency)}: above it, requests get 429`
        : `${amount(limit)} at once`,
    raise: raiseQuota(quota, Math.max(limit, usualConcurrency)),
  };
}

/** What the fleet's functions reserve in a region now. */
async function reservedBy(
  deployed: readonly Deployed[],
  region: string,
  asker: AccountAsker,
): Promise<number> {
  const client = asker.client(LambdaClient, region);
  const numbers = await Promise.all(
    deployed.map(async ({ service }) => {
      try {
        const { Concurrency } = await asker.call(`asking Lambda in ${region}`, (limit) =>
          client.send(new GetFunctionCommand({ FunctionName: service.functionName }), limit),
        );
        return Concurrency?.ReservedConcurrentExecutions ?? 0;
      } catch (error) {
        if (isRefusal(error, "ResourceNotFoundException")) return 0;
        throw error;
      }
    }),
  );
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** Every version that is kept has its own code, so that a deploy of all services adds the size of all. */
function storageAnswer(
  needed: number,
  { AccountLimit, AccountUsage }: GetAccountSettingsResponse,
  quota: Quota,
): Answer {
  const limit = AccountLimit?.TotalCodeSize ?? 0;
  const used = AccountUsage?.TotalCodeSize ?? 0;
  const total = used + needed;
  return {
    status: total <= limit ? "fine" : "fails",
    needed: `${size(needed)} for a deploy of all`,
    found: `${size(used)} of at most ${size(limit)}, in ${count(AccountUsage?.FunctionCount ?? 0, "function")}`,
    raise: `delete old versions of functions, or: ${raiseQuota(quota, Math.ceil(Math.max(total, limit * 2) / gigabyte))}`,
  };
}

/** Bytes as text: `12 KB`, `1.5 GB`. */
function size(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)), units.length - 1);
  const number = bytes / 1024 ** power;
  return `${amount(Number(number.toFixed(number < 100 ? 1 : 0)))} ${units[power]}`;
}
