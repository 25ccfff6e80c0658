import type { Path, Problem } from "../fleet/diagnostics";
import type { BudgetEntry } from "../fleet/schema/foundation";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { isWritten } from "./written";

/** Budgets that tell nobody, or do not add up. */
export function budgets(input: CheckInput): readonly Problem[] {
  const { accounts, budget } = input.file;
  const perAccount = Object.entries(accounts).flatMap(([name, account]) =>
    account.budget ? [{ name, closed: account.closed, budget: account.budget }] : [],
  );
  const sum = perAccount.reduce((total, one) => total + (one.closed ? 0 : one.budget.monthly), 0);
  return [
    ...(budget ? withoutAlerts(input, ["budget"], budget, "the whole organization") : []),
    ...perAccount.flatMap((one) =>
      withoutAlerts(input, ["accounts", one.name, "budget"], one.budget, `account "${one.name}"`),
    ),
    ...(budget && sum > budget.monthly
      ? [
          problem("budget-exceeds-whole", ["budget", "monthly"], {
            message: `the account budgets add up to ${dollars(sum)} a month, but the whole organization has ${dollars(budget.monthly)}`,
            fix: `write ${sum} or more, or lower the account budgets`,
          }),
        ]
      : []),
  ];
}

const dollars = (amount: number) => `${amount.toLocaleString("en-US")} USD`;

function withoutAlerts(input: CheckInput, path: Path, budget: BudgetEntry, of: string): readonly Problem[] {
  const isEmpty = budget.alerts?.length === 0;
  if (!isEmpty && isWritten(input, [...path, "alerts"])) return [];
  return [
    problem("budget-without-alerts", isEmpty ? [...path, "alerts"] : path, {
      message: `the budget of ${of} alerts nobody`,
      fix: "add addresses: alerts: [finops@example.com]",
      atKey: true,
    }),
  ];
}
