import { AwsError } from "../http";
import { type JsonInput, requiredText } from "../protocols/json";
import {
  type Alert,
  type Budget,
  type Budgets,
  duplicate,
  findBudget,
  invalid,
  missing,
  type Notification,
  notificationKey,
  objectOf,
  type Subscriber,
} from "./store";

/** https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html */
const quotas = { notificationsPerBudget: 10, emailsPerNotification: 10, topicsPerNotification: 1 } as const;

function oneOf(input: JsonInput, member: string, values: readonly string[]): string {
  const value = requiredText(input, member);
  if (values.includes(value)) return value;
  throw invalid(`${member} ${value} is none of ${values.join(", ")}`);
}

function readNotification(input: JsonInput, member = "Notification"): Notification {
  const read = objectOf(input, member);
  const threshold = read.Threshold;
  if (typeof threshold !== "number" || threshold <= 0 || threshold > 15_000_000_000_000) {
    throw invalid("Threshold has to be more than 0, and 15000000000000 at most");
  }
  return {
    NotificationType: oneOf(read, "NotificationType", ["ACTUAL", "FORECASTED"]),
    ComparisonOperator: oneOf(read, "ComparisonOperator", ["GREATER_THAN", "LESS_THAN", "EQUAL_TO"]),
    Threshold: threshold,
    ThresholdType: oneOf({ ThresholdType: "PERCENTAGE", ...read }, "ThresholdType", [
      "PERCENTAGE",
      "ABSOLUTE_VALUE",
    ]),
  };
}

function readSubscriber(read: JsonInput): Subscriber {
  const type = oneOf(read, "SubscriptionType", ["EMAIL", "SNS"]);
  const address = requiredText(read, "Address");
  const form = type === "EMAIL" ? /^[^@\s]+@[^@\s]+\.[^@\s]+$/ : /^arn:aws[a-z-]*:sns:/;
  if (!form.test(address)) throw invalid(`${address} is no address of the type ${type}`);
  return { SubscriptionType: type, Address: address };
}

const isSame = (a: Subscriber) => (b: Subscriber) =>
  a.Address === b.Address && a.SubscriptionType === b.SubscriptionType;

function checkSubscribers(subscribers: readonly Subscriber[]): void {
  if (subscribers.length === 0) throw invalid("A notification needs a subscriber");
  for (const [index, one] of subscribers.entries()) {
    if (subscribers.findIndex(isSame(one)) < index) throw duplicate(`Duplicate subscriber: ${one.Address}`);
  }
  const emails = subscribers.filter(({ SubscriptionType }) => SubscriptionType === "EMAIL").length;
  if (emails > quotas.emailsPerNotification || subscribers.length - emails > quotas.topicsPerNotification) {
    throw limit(
      `A notification takes ${quotas.emailsPerNotification} e-mail subscribers and ${quotas.topicsPerNotification} SNS topic`,
    );
  }
}

function limit(message: string): AwsError {
  return new AwsError(400, "CreationLimitExceededException", message);
}

function findAlert({ name, notifications }: Budget, notification: Notification): Alert {
  const found = notifications.get(notificationKey(notification));
  if (found) return found;
  throw missing(`Unable to get notification of budget ${name}: ${notificationKey(notification)}`);
}

/** Puts an alert in the place of another, or takes it away, and keeps the order. */
function replace(budgets: Budgets, budget: Budget, before: Notification, after: Alert | undefined): object {
  const key = notificationKey(before);
  const entries = [...budget.notifications].flatMap(([one, alert]): readonly (readonly [string, Alert])[] => {
    if (one !== key) return [[one, alert]];
    return after ? [[notificationKey(after.notification), after]] : [];
  });
  budgets.set(budget.name, { ...budget, notifications: new Map(entries) });
  return {};
}

/**
 * Adds a notification to a budget.
 *
 * @throws {AwsError} without a subscriber, where there is one like it, or one too many
 */
export function withNotification(budget: Budget, input: JsonInput): Budget {
  const notification = readNotification(input);
  const subscribers = Array.isArray(input.Subscribers) ? input.Subscribers.map(readSubscriber) : [];
  checkSubscribers(subscribers);
  const key = notificationKey(notification);
  if (budget.notifications.has(key))
    throw duplicate(`Duplicate notification of budget ${budget.name}: ${key}`);
  if (budget.notifications.size >= quotas.notificationsPerBudget) {
    throw limit(`A budget takes ${quotas.notificationsPerBudget} notifications`);
  }
  const notifications = new Map([...budget.notifications, [key, { notification, subscribers }] as const]);
  return { ...budget, notifications };
}

/** Operations on the notifications of a budget, and on their subscribers. */
export const notificationOperations: Readonly<
  Record<string, (budgets: Budgets, input: JsonInput) => object>
> = {
  CreateNotification(budgets, input) {
    const budget = withNotification(findBudget(budgets, input), input);
    budgets.set(budget.name, budget);
    return {};
  },
  UpdateNotification(budgets, input) {
    const budget = findBudget(budgets, input);
    const before = findAlert(budget, readNotification(input, "OldNotification"));
    const notification = readNotification(input, "NewNotification");
    const key = notificationKey(notification);
    if (key !== notificationKey(before.notification) && budget.notifications.has(key)) {
      throw duplicate(`Duplicate notification of budget ${budget.name}: ${key}`);
    }
    return replace(budgets, budget, before.notification, { ...before, notification });
  },
  DeleteNotification(budgets, input) {
    const budget = findBudget(budgets, input);
    return replace(budgets, budget, findAlert(budget, readNotification(input)).notification, undefined);
  },
  DescribeNotificationsForBudget: (budgets, input) => ({
    Notifications: [...findBudget(budgets, input).notifications.values()].map(({ notification }) => ({
      ...notification,
      NotificationState: "OK",
    })),
  }),
  DescribeSubscribersForNotification: (budgets, input) => ({
    Subscribers: findAlert(findBudget(budgets, input), readNotification(input)).subscribers,
  }),
  CreateSubscriber(budgets, input) {
    const budget = findBudget(budgets, input);
    const alert = findAlert(budget, readNotification(input));
    const subscribers = [...alert.subscribers, readSubscriber(objectOf(input, "Subscriber"))];
    checkSubscribers(subscribers);
    return replace(budgets, budget, alert.notification, { ...alert, subscribers });
  },
  UpdateSubscriber(budgets, input) {
    const budget = findBudget(budgets, input);
    const alert = findAlert(budget, readNotification(input));
    const old = readSubscriber(objectOf(input, "OldSubscriber"));
    if (!alert.subscribers.some(isSame(old))) throw missing(`There is no subscriber ${old.Address}`);
    const next = readSubscriber(objectOf(input, "NewSubscriber"));
    const subscribers = alert.subscribers.map((one) => (isSame(old)(one) ? next : one));
    checkSubscribers(subscribers);
    return replace(budgets, budget, alert.notification, { ...alert, subscribers });
  },
  DeleteSubscriber(budgets, input) {
    const budget = findBudget(budgets, input);
    const alert = findAlert(budget, readNotification(input));
    const gone = readSubscriber(objectOf(input, "Subscriber"));
    if (!alert.subscribers.some(isSame(gone))) throw missing(`There is no subscriber ${gone.Address}`);
    const subscribers = alert.subscribers.filter((one) => !isSame(gone)(one));
    // The last subscriber takes the notification along.
    const after = subscribers.length > 0 ? { ...alert, subscribers } : undefined;
    return replace(budgets, budget, alert.notification, after);
  },
};
