import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { Cost } from "../../../operations/bill/cost-explorer";
import { exactMoney, parseMoney, sumOf } from "../../../operations/bill/money";
import { type BillRow, billOf } from "../../../operations/bill/rows";
import { fleetOf, smallFile } from "../../support/fleet";
import { fc } from "../../support/properties";

const ids = {
  management: "111111111111",
  shared: "222222222222",
  globex: "333333333333",
  globexLogs: "444444444444",
  stranger: "999999999999",
};

/** A tenant with two accounts, and an account in which two stages and nobody's tenant live. */
const file: FleetFile = {
  ...smallFile,
  organization: { management: "management", units: ["a"] },
  budget: { monthly: 100 },
  accounts: {
    management: { id: ids.management },
    shared: { id: ids.shared, unit: "a", budget: { monthly: 10.5 } },
    globex: { id: ids.globex, unit: "a", budget: { monthly: 30 } },
    "globex-logs": { id: ids.globexLogs, unit: "a", budget: { monthly: 20 } },
    newco: { email: "a@b.cd", unit: "a", budget: { monthly: 7 } },
  },
  cells: {
    globex: {
      stage: "production",
      tenant: "globex",
      targets: { globex: ["eu-central-1"], "globex-logs": ["eu-west-1"] },
      front: { account: "globex" },
    },
    dev: { stage: "dev", targets: { shared: ["eu-central-1"] } },
    test: { stage: "test", targets: { shared: ["eu-central-1"] } },
  },
};
const fleet = fleetOf(file);
const cost = (accountId: string, stack: string | undefined, amount: string): Cost => ({
  ...{ accountId, stack, amount: parseMoney(amount) },
});
const bill = (costs: readonly Cost[], currency = "USD") => billOf(fleet, { costs, currency });
const summary = (rows: readonly BillRow[]) => rows.map(({ cost, name }) => `${name} ${exactMoney(cost)}`);

test("a cost with a stack tag is its cell's", () => {
  const { accounts, stacks, stages, tenants } = bill([
    cost(ids.globex, "globex_front", "1"),
    cost(ids.shared, "dev_shared_eu-central-1", "2"),
    cost(ids.shared, "test_front", "4"),
  ]);
  expect(summary(accounts)).toEqual(["shared 6", "globex 1"]);
  expect(summary(tenants)).toEqual(["(no tenant) 6", "globex 1"]);
  expect(summary(stages)).toEqual(["test 4", "dev 2", "production 1"]);
  expect(summary(stacks)).toEqual(["test_front 4", "dev_shared_eu-central-1 2", "globex_front 1"]);
});

test("one without is the tenant's and the stage's if the account has only one, else shared", () => {
  const { stacks, stages, tenants } = bill([
    cost(ids.globexLogs, undefined, "1"),
    cost(ids.shared, undefined, "2"),
    cost(ids.management, "organization", "4"),
    cost(ids.stranger, undefined, "8"),
  ]);
  expect(summary(tenants)).toEqual(["(shared) 12", "(no tenant) 2", "globex 1"]);
  expect(summary(stages)).toEqual(["(shared) 14", "production 1"]);
  expect(summary(stacks)).toEqual(["(no stack tag) 11", "organization 4"]);
});

test("a tag means nothing in an account that its stack does not deploy to", () => {
  const { tenants } = bill([cost(ids.management, "globex_front", "1"), cost(ids.globex, "dev_front", "2")]);
  expect(summary(tenants)).toEqual(["globex 2", "(shared) 1"]);
});

test("an account that the fleet file does not have goes by its id", () => {
  expect(bill([cost(ids.stranger, undefined, "1")]).accounts).toMatchObject([
    { name: ids.stranger, id: ids.stranger, budget: undefined },
  ]);
});

test("costs are held against the budgets of account, tenant and fleet", () => {
  const { accounts, stages, tenants, total } = bill([
    cost(ids.globex, "globex_front", "30"),
    cost(ids.globexLogs, undefined, "30"),
    cost(ids.shared, undefined, "10.500000000001"),
    cost(ids.management, undefined, "9.499999999999"),
  ]);
  const budget = (rows: readonly BillRow[]) =>
    rows.map(({ budget, isOverBudget, name, share, used }) => [
      ...[name, share, budget && exactMoney(budget), used, isOverBudget],
    ]);
  expect(budget([total])).toEqual([["total", 100, "100", 80, false]]);
  expect(budget(accounts)).toEqual([
    ["globex", 37.5, "30", 100, false],
    ["globex-logs", 37.5, "20", 150, true],
    ["shared", 13.1, "10.5", 100, true],
    ["management", 11.9, undefined, undefined, false],
  ]);
  expect(budget(tenants)).toEqual([
    ["globex", 75, "50", 120, true],
    ["(no tenant)", 13.1, undefined, undefined, false],
    ["(shared)", 11.9, undefined, undefined, false],
  ]);
  expect(stages.every(({ budget }) => budget === undefined)).toBe(true);
});

test("a tenant with an account without a budget has none, and neither has a bill in another currency", () => {
  const { globex } = file.accounts;
  const accounts = { ...file.accounts, globex: { ...globex, budget: undefined } };
  const costs = [cost(ids.globex, undefined, "1")];
  expect(
    billOf(fleetOf({ ...file, accounts }), { costs, currency: "USD" }).tenants[0]?.budget,
  ).toBeUndefined();
  const { accounts: rows, total } = bill(costs, "EUR");
  expect([rows[0]?.budget, total.budget]).toEqual([undefined, undefined]);
});

test("credits can make a cost less than nothing; of such a total there are no shares", () => {
  const { accounts, total } = bill([cost(ids.globex, undefined, "-5"), cost(ids.shared, undefined, "1")]);
  expect(summary(accounts)).toEqual(["shared 1", "globex -5"]);
  expect([total.share, ...accounts.map(({ share }) => share)]).toEqual([undefined, undefined, undefined]);
});

test("whatever the costs, every side adds up to the total", () => {
  const tags = [undefined, "globex_front", "dev_front", "test_shared_eu-central-1", "organization", "gone"];
  const someCost = fc.record({
    accountId: fc.constantFrom(...Object.values(ids)),
    stack: fc.constantFrom(...tags),
    amount: fc.bigInt(-(10n ** 9n), 10n ** 15n),
  });
  fc.assert(
    fc.property(fc.array(someCost), (costs) => {
      const { accounts, stacks, stages, tenants, total } = bill(costs);
      const wanted = sumOf(costs.map(({ amount }) => amount));
      for (const rows of [[total], accounts, tenants, stages, stacks]) {
        expect(sumOf(rows.map(({ cost }) => cost))).toBe(wanted);
        expect(rows.map(({ cost }) => cost)).toEqual(
          rows.map(({ cost }) => cost).sort((a, b) => (a > b ? -1 : a < b ? 1 : 0)),
        );
      }
    }),
  );
});
