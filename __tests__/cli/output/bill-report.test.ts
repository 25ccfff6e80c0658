import { stripVTControlCharacters } from "node:util";
import { bar, billJson, billReport, madeUpWarning } from "../../../cli/output/bill-report";
import { parseMoney } from "../../../operations/bill/money";
import { billingMonth } from "../../../operations/bill/month";
import { type Bill, type BillRow, rest } from "../../../operations/bill/rows";

const row = (name: string, cost: string, more: Partial<BillRow> = {}): BillRow => ({
  ...{ name, cost: parseMoney(cost), isOverBudget: false, ...more },
});
const over = { budget: parseMoney("500"), used: 160, isOverBudget: true };
const bill: Bill = {
  total: row("total", "1000", { share: 100, budget: parseMoney("5000"), used: 20 }),
  accounts: [
    row("globex", "800", { id: "333333333333", share: 80, ...over }),
    row("management", "200", { id: "111111111111", share: 20 }),
  ],
  tenants: [row("globex", "800", { share: 80, ...over }), row(rest.shared, "200", { share: 20 })],
  stages: [row("production", "999.999", { share: 100 }), row("staging", "0.001", { share: 0 })],
  stacks: [row("globex_front", "1000", { share: 100 })],
};
const month = billingMonth("2026-10", new Date("2026-10-05T00:00:00Z"));
const tagged = { accountId: "333333333333", stack: "globex_front", amount: 1n };
const costs = { costs: [tagged], currency: "USD", isEstimated: true, isMadeUp: false, queries: 2 };
const report = (more: Partial<typeof costs> = {}, endpoint?: string) =>
  stripVTControlCharacters(
    billReport(bill, { fleet: "acme", month, costs: { ...costs, ...more }, endpoint }),
  );

test("a bill is drawn, and says in words what is over its budget", () => {
  expect(report()).toBe(`acme, 2026-10 so far: USD 1,000.00, 20.0% of the budget of 5,000.00
(unblended costs; AWS may still change them)

account       cost  share                        budget    used
globex      800.00  80.0%  ███████████████████▎  500.00  160.0%  OVER BUDGET by 300.00
management  200.00  20.0%  ████▊                      -       -

tenant      cost  share                        budget    used
globex    800.00  80.0%  ███████████████████▎  500.00  160.0%  OVER BUDGET by 300.00
(shared)  200.00  20.0%  ████▊                      -       -

stage           cost   share
production  1,000.00  100.0%  ████████████████████████
staging         0.00    0.0%

stack             cost   share
globex_front  1,000.00  100.0%  ████████████████████████

note AWS charges USD 0.02 for showing this bill
`);
});

test("made-up data is marked at the top and at the bottom, and in JSON", () => {
  const text = report({ isMadeUp: true }, "http://127.0.0.1:4566").trim();
  expect(text.startsWith(madeUpWarning)).toBe(true);
  expect(text.endsWith(madeUpWarning)).toBe(true);
  expect(text).toContain("from http://127.0.0.1:4566, not AWS");
  expect(text).not.toContain("AWS charges");
  expect(billJson(bill, { fleet: "acme", month, costs: { ...costs, isMadeUp: true } })).toMatchObject({
    madeUp: true,
  });
});

test("it is said that the tag is not active, and that another currency is not compared", () => {
  expect(report({ costs: [{ ...tagged, stack: undefined as unknown as string }] })).toContain(
    "TagKey=meridian:stack,Status=Active",
  );
  expect(report({ currency: "EUR" })).toContain("the budgets are in USD and the bill is in EUR");
});

test("JSON has everything, costs to the last digit", () => {
  const json = billJson(bill, { fleet: "acme", month, costs });
  expect(JSON.parse(JSON.stringify(json))).toEqual({
    ...{ ok: true, fleet: "acme", month: "2026-10", madeUp: false },
    ...{ currency: "USD", estimated: true, queries: 2 },
    total: { name: "total", cost: "1000", share: 100, budget: 5000, used: 20, overBudget: false },
    accounts: [
      {
        ...{ name: "globex", id: "333333333333", cost: "800", share: 80, budget: 500, used: 160 },
        overBudget: true,
      },
      { name: "management", id: "111111111111", cost: "200", share: 20, overBudget: false },
    ],
    tenants: [
      { name: "globex", cost: "800", share: 80, budget: 500, used: 160, overBudget: true },
      { name: "(shared)", cost: "200", share: 20, overBudget: false },
    ],
    stages: [
      { name: "production", cost: "999.999", share: 100, overBudget: false },
      { name: "staging", cost: "0.001", share: 0, overBudget: false },
    ],
    stacks: [{ name: "globex_front", cost: "1000", share: 100, overBudget: false }],
    notes: ["AWS charges USD 0.02 for showing this bill"],
  });
});

test.each([
  [undefined, ""],
  [-5, ""],
  [0, ""],
  [0.1, "▏"],
  [50, "████████████"],
  [52, "████████████▌"],
  [100, "████████████████████████"],
  [120, "████████████████████████"],
])("a bar for %s %%", (share, drawn) => {
  expect(bar(share)).toBe(drawn);
});
