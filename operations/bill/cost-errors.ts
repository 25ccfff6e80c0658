import { UserError } from "../../fleet/errors";
import { describeError, isRefusal, isThrottled, isUnreachable, proxyHint } from "../aws/errors";
import { type BillingMonth, monthsKept } from "./month";

/** The permission that a bill takes. */
const permission = "ce:GetCostAndUsage";

/**
 * What went wrong at Cost Explorer, for whoever wants the bill.
 *
 * @param role ARN of the role that asked
 */
export function costError(error: unknown, { name }: BillingMonth, role: string): UserError {
  const said = describeError(error);
  if (isRefusal(error, "AccessDeniedException", "AccessDenied", "UnauthorizedException")) {
    return new UserError(
      `${role} may not ask Cost Explorer: ${said}`,
      `the bill of an organization is asked for in its management account, with ${permission}`,
      `allow ${permission} to that role; where it is allowed, open Cost Explorer once in the console of the management account, which switches it on, and see that "IAM user and role access to billing information" is active there`,
    );
  }
  if (isRefusal(error, "DataUnavailableException")) return noCosts(name, said);
  if (isRefusal(error, "ValidationException") && /month|historical/i.test(said)) {
    return new UserError(
      `AWS has no costs of ${name}: ${said}`,
      `Cost Explorer keeps ${monthsKept.always} months, and up to ${monthsKept.atMost} where that was switched on`,
      "name a later month with --month, or switch on multi-year data in the Cost Management preferences of the management account",
    );
  }
  return new UserError(
    `Cost Explorer did not say what ${name} cost: ${said}`,
    "the bill comes from there, and from nowhere else",
    fixFor(error),
  );
}

function fixFor(error: unknown): string {
  if (isThrottled(error) || isRefusal(error, "LimitExceededException")) {
    return "AWS asks for patience: try again in a minute";
  }
  if (isUnreachable(error)) {
    return `look at this machine's connection to AWS, and try again${proxyHint(process.env)}`;
  }
  return "try again";
}

/** For a month without a single cost. */
export function noCosts(month: string, said = "its answer is empty"): UserError {
  return new UserError(
    `Cost Explorer has no costs of ${month}: ${said}`,
    "costs show there up to 24 hours late, and in a new organization only once Cost Explorer was opened in its console",
    "try again tomorrow, or name an earlier month with --month",
  );
}

/** For a bill whose amounts cannot be added up. */
export function mixedCurrencies(currencies: readonly string[]): UserError {
  return new UserError(
    `the costs are in several currencies: ${[...currencies].sort().join(", ")}`,
    "amounts of different currencies have no sum",
    "look at the bill in AWS's own console",
  );
}
