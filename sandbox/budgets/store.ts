import { type AwsCall, AwsError } from "../http";
import { type JsonInput, requiredText } from "../protocols/json";

/** Who is told, by mail or through SNS. */
export interface Subscriber {
  readonly SubscriptionType: string;
  readonly Address: string;
}

/** When somebody is told. */
export interface Notification {
  readonly NotificationType: string;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly ThresholdType: string;
}

/** A budget as stored. */
export interface Budget {
  readonly name: string;
  /** The members of AWS's `Budget`. */
  readonly members: JsonInput;
  /** By {@link notificationKey}. */
  readonly notifications: ReadonlyMap<string, Alert>;
  readonly tags: ReadonlyMap<string, string>;
}

/** A notification and its subscribers. */
export interface Alert {
  readonly notification: Notification;
  readonly subscribers: readonly Subscriber[];
}

/** The budgets of an account, by name. */
export type Budgets = Map<string, Budget>;

/** What Budgets answers to a request that does not hold what it has to. */
export function invalid(message: string): AwsError {
  return new AwsError(400, "InvalidParameterException", message);
}

/** What Budgets answers when there is nothing of that name. */
export function missing(message: string): AwsError {
  return new AwsError(400, "NotFoundException", message);
}

/** What Budgets answers when it is there already. */
export function duplicate(message: string): AwsError {
  return new AwsError(400, "DuplicateRecordException", message);
}

/**
 * The budget that a request names.
 *
 * @throws {AwsError} NotFoundException
 */
export function findBudget(budgets: Budgets, input: JsonInput): Budget {
  const name = requiredText(input, "BudgetName");
  const found = budgets.get(name);
  if (found) return found;
  throw missing(`Unable to get budget: ${name} - the budget doesn't exist.`);
}

/** A member of a request that is an object. */
export function objectOf(input: JsonInput, member: string): JsonInput {
  const value = input[member];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonInput;
  throw invalid(`${member} is required`);
}

/**
 * Makes sure that the account that a request names is the caller's own.
 *
 * @throws {AwsError} AccessDeniedException
 */
export function requireOwnAccount(input: JsonInput, { account }: AwsCall): void {
  if (requiredText(input, "AccountId") === account) return;
  throw new AwsError(
    400,
    "AccessDeniedException",
    `Account ${account} has no access to the budgets of another`,
  );
}

/** What tells one notification of a budget from another. */
export function notificationKey(one: Notification): string {
  return [one.NotificationType, one.ComparisonOperator, one.Threshold, one.ThresholdType].join(" ");
}
