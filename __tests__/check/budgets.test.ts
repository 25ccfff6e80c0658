import { codesOf, fleetText } from "../support/findings";

const alerts = "alerts: [finops@example.com]";
const account = (monthly: number, more = "") =>
  `other: { id: "333333333333", unit: workloads, budget: { monthly: ${monthly}, ${alerts} }${more} }`;
const budgets = (monthly: number, ...accounts: readonly string[]) =>
  codesOf(fleetText({ accounts, rest: [`budget: { monthly: ${monthly}, ${alerts} }`] }));

test("the accounts' budgets may come to the whole, and no further", () => {
  expect(budgets(500.5, account(500.5))).toEqual([]);
  expect(budgets(500, account(500.5))).toEqual(["budget-exceeds-whole budget.monthly"]);
});

test("a closed account spends nothing", () => {
  expect(budgets(500, account(600, ", closed: true"))).toEqual([]);
});

test("without a whole there is nothing to exceed", () => {
  expect(codesOf(fleetText({ accounts: [account(600)] }))).toEqual([]);
});
