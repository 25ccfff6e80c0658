import { createBudgets } from "../../../sandbox/budgets/budgets";
import { codeOf, errorOf, jsonClient, managementId } from "../clients";

const someBudget = {
  BudgetName: "acme_globex",
  BudgetType: "COST",
  TimeUnit: "MONTHLY",
  BudgetLimit: { Amount: "500", Unit: "USD" },
  CostFilters: { LinkedAccount: ["333333333333"] },
};
const notification = (Threshold: number, NotificationType = "ACTUAL") => ({
  NotificationType,
  ComparisonOperator: "GREATER_THAN",
  Threshold,
  ThresholdType: "PERCENTAGE",
});
const email = (Address: string) => ({ SubscriptionType: "EMAIL", Address });
const emails = (count: number) => Array.from({ length: count }, (_, index) => email(`a${index}@example.com`));
const topic = { SubscriptionType: "SNS", Address: "arn:aws:sns:us-east-1:111111111111:t" };

async function budgets(Budget: object = someBudget) {
  const raw = jsonClient(createBudgets().handle, "budgets");
  const call = (action: string, input: object = {}) =>
    raw(action, { AccountId: managementId, BudgetName: someBudget.BudgetName, ...input });
  await call("CreateBudget", { Budget });
  const notify = (one: object, Subscribers: readonly object[] = [email("a@example.com")]) =>
    call("CreateNotification", { Notification: one, Subscribers });
  return { call, notify, raw };
}

test("a budget is made with AWS's defaults, changed and deleted", async () => {
  const { call } = await budgets();
  const { Budget } = await call("DescribeBudget");
  expect(Budget).toMatchObject({
    BudgetLimit: { Amount: "500.0", Unit: "USD" },
    CostFilters: { LinkedAccount: ["333333333333"] },
    CostTypes: { IncludeTax: true, UseBlended: false },
    TimePeriod: { End: Date.UTC(2087, 5, 15) / 1000 },
  });
  const NewBudget = { ...someBudget, BudgetLimit: { Amount: "600.5", Unit: "USD" } };
  await call("UpdateBudget", { NewBudget });
  expect((await call("DescribeBudget")).Budget.BudgetLimit.Amount).toBe("600.5");
  await call("DeleteBudget");
  expect(await codeOf(call("DescribeBudget"))).toBe("NotFoundException");
  expect(await codeOf(call("UpdateBudget", { NewBudget }))).toBe("NotFoundException");
});

test.each([
  ["without a limit", { BudgetLimit: undefined }],
  ["with a limit that is no number", { BudgetLimit: { Amount: "much", Unit: "USD" } }],
  ["with a colon in its name", { BudgetName: "a:b" }],
  ["with a name over 100 characters", { BudgetName: "x".repeat(101) }],
])("a budget %s is refused", async (_, change) => {
  expect(await codeOf(budgets({ ...someBudget, ...change }))).toBe("InvalidParameterException");
});

test("a name is taken once in an account, and budgets are the account's own", async () => {
  const { call } = await budgets();
  expect(await codeOf(call("CreateBudget", { Budget: someBudget }))).toBe("DuplicateRecordException");
  expect(await codeOf(call("DescribeBudget", { AccountId: "222222222222" }))).toBe("AccessDeniedException");
});

test("notifications are told apart by all that they say", async () => {
  const { call, notify } = await budgets();
  await notify(notification(80), [email("a@example.com"), email("b@example.com")]);
  await notify(notification(100));
  await notify(notification(100, "FORECASTED"));
  expect(await codeOf(notify(notification(80)))).toBe("DuplicateRecordException");
  const { Notifications } = await call("DescribeNotificationsForBudget");
  expect(Notifications).toMatchObject([notification(80), notification(100), notification(100, "FORECASTED")]);
  const subscribers = (one: object) => call("DescribeSubscribersForNotification", { Notification: one });
  expect(await subscribers(notification(80))).toEqual({
    Subscribers: [email("a@example.com"), email("b@example.com")],
  });
  expect(await codeOf(subscribers(notification(81)))).toBe("NotFoundException");
  await call("UpdateNotification", {
    OldNotification: notification(80),
    NewNotification: notification(90),
  });
  expect((await subscribers(notification(90))).Subscribers).toHaveLength(2);
  await call("DeleteNotification", { Notification: notification(90) });
  expect((await call("DescribeNotificationsForBudget")).Notifications).toHaveLength(2);
});

test("a notification needs a subscriber, with an address", async () => {
  const { notify } = await budgets();
  expect(await errorOf(notify(notification(80), []))).toBe(
    "InvalidParameterException: A notification needs a subscriber",
  );
  expect(await codeOf(notify(notification(80), [email("nobody")]))).toBe("InvalidParameterException");
  expect(await codeOf(notify(notification(0)))).toBe("InvalidParameterException");
  expect(await codeOf(notify(notification(80, "GUESSED")))).toBe("InvalidParameterException");
});

test("a notification takes ten e-mail addresses and one topic", async () => {
  const { notify } = await budgets();
  await notify(notification(1), [...emails(10), topic]);
  expect(await codeOf(notify(notification(2), emails(11)))).toBe("CreationLimitExceededException");
  const other = { ...topic, Address: `${topic.Address}2` };
  expect(await codeOf(notify(notification(2), [topic, other]))).toBe("CreationLimitExceededException");
  expect(await codeOf(notify(notification(2), [topic, topic]))).toBe("DuplicateRecordException");
});

test("a budget takes ten notifications", async () => {
  const { notify } = await budgets();
  for (let threshold = 1; threshold <= 10; threshold++) await notify(notification(threshold));
  expect(await codeOf(notify(notification(11)))).toBe("CreationLimitExceededException");
});

test("the last subscriber takes the notification along", async () => {
  const { call, notify } = await budgets();
  const one = { Notification: notification(80) };
  await notify(one.Notification);
  await call("CreateSubscriber", { ...one, Subscriber: email("b@example.com") });
  const change = { OldSubscriber: email("a@example.com"), NewSubscriber: email("c@example.com") };
  await call("UpdateSubscriber", { ...one, ...change });
  expect(await call("DescribeSubscribersForNotification", one)).toEqual({
    Subscribers: [email("c@example.com"), email("b@example.com")],
  });
  await call("DeleteSubscriber", { ...one, Subscriber: email("c@example.com") });
  await call("DeleteSubscriber", { ...one, Subscriber: email("b@example.com") });
  expect(await call("DescribeNotificationsForBudget")).toEqual({ Notifications: [] });
});

test("a budget is tagged by its ARN", async () => {
  const { raw } = await budgets();
  const tagged = { ResourceARN: `arn:aws:budgets::${managementId}:budget/${someBudget.BudgetName}` };
  await raw("TagResource", {
    ...tagged,
    ResourceTags: [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ],
  });
  await raw("UntagResource", { ...tagged, ResourceTagKeys: ["a"] });
  expect(await raw("ListTagsForResource", tagged)).toEqual({ ResourceTags: [{ Key: "b", Value: "2" }] });
});
