import type { Cell, Fleet } from "../../fleet/model";
import type { Cost, Costs } from "./cost-explorer";
import { type Money, parseMoney, percentOf, sumOf } from "./money";

/** A line of a bill. */
export interface BillRow {
  readonly name: string;
  /** Of an account. */
  readonly id?: string;
  readonly cost: Money;
  /** Percent of the whole bill; absent where that is nothing, or less. */
  readonly share?: number;
  /** A month's, in USD; absent where there is none, or the bill is in another currency. */
  readonly budget?: Money;
  /** Percent of the budget. */
  readonly used?: number;
  readonly isOverBudget: boolean;
}

/** A month's bill, from all sides: the rows of each side add up to the total. */
export interface Bill {
  readonly total: BillRow;
  /** Of each side, the highest cost comes first. */
  readonly accounts: readonly BillRow[];
  readonly tenants: readonly BillRow[];
  readonly stages: readonly BillRow[];
  readonly stacks: readonly BillRow[];
}

/** Names of rows that stand for what has none. */
export const rest = { shared: "(shared)", noTenant: "(no tenant)", noStack: "(no stack tag)" } as const;

/**
 * Adds up a month's costs by account, tenant, stage and stack.
 *
 * Whose a cost is: the tag `meridian:stack` says which stack it is of, and so which cell, tenant and stage. It counts
 * only in an account that the stack deploys to, because another fleet's stack may have the same name. A cost without
 * such a tag belongs to the tenant (the stage) of the account's cells if they all have the same, as those of a tenant's
 * account do. The rest is shared: the management account, an account that several stages use, one without a cell.
 *
 * A tenant's budget is the sum of its accounts' budgets, and there only where each of them has one: the cost of an
 * account without would otherwise count against the budgets of the others.
 */
export function billOf(fleet: Fleet, { costs, currency }: Pick<Costs, "costs" | "currency">): Bill {
  const owners = ownersOf(fleet);
  const names = accountNames(fleet);
  const budgets = currency === "USD" ? budgetsOf(fleet) : undefined;
  const total = sumOf(costs.map(({ amount }) => amount));
  const side = (
    keyOf: (cost: Cost) => string,
    more: (key: string) => Pick<BillRow, "id" | "budget"> & { readonly name?: string } = () => ({}),
  ) => {
    const sums = new Map<string, Money>();
    for (const cost of costs) sums.set(keyOf(cost), (sums.get(keyOf(cost)) ?? 0n) + cost.amount);
    return [...sums].map(([key, cost]) => rowOf({ name: key, cost, ...more(key) }, total)).sort(byCost);
  };
  return {
    total: rowOf({ name: "total", cost: total, budget: budgets?.whole }, total),
    accounts: side(
      ({ accountId }) => accountId,
      (id) => ({ id, name: names.get(id) ?? id, budget: budgets?.ofAccounts([id]) }),
    ),
    tenants: side(
      (cost) => owners(cost, ({ tenant }) => tenant ?? rest.noTenant),
      (tenant) => ({ budget: budgets?.ofAccounts(accountsOfTenant(fleet, tenant)) }),
    ),
    stages: side((cost) => owners(cost, ({ stage }) => stage)),
    stacks: side(({ stack }) => stack ?? rest.noStack),
  };
}

function rowOf(row: Pick<BillRow, "name" | "id" | "cost" | "budget">, total: Money): BillRow {
  const { budget, cost } = row;
  return {
    ...row,
    share: percentOf(cost, total),
    used: budget === undefined ? undefined : percentOf(cost, budget),
    isOverBudget: budget !== undefined && cost > budget,
  };
}

function byCost(a: BillRow, b: BillRow): number {
  if (a.cost !== b.cost) return a.cost > b.cost ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/** Says what a cost counts for, by what its cell, or each cell of its account, counts for. */
function ownersOf({ cells }: Fleet) {
  const places = cells.flatMap((cell) => placesOf(cell).map((place) => ({ ...place, cell })));
  return ({ accountId, stack }: Cost, of: (cell: Cell) => string): string => {
    const inAccount = places.filter((place) => place.accountId === accountId);
    const tagged = inAccount.find((place) => place.stack === stack);
    if (tagged) return of(tagged.cell);
    const [owner = rest.shared, ...others] = new Set(inAccount.map(({ cell }) => of(cell)));
    return others.length > 0 ? rest.shared : owner;
  };
}

/** The stacks of a cell, each with an account that it deploys to. */
function placesOf({ front, targets }: Cell) {
  const { id } = front.account;
  return [
    ...targets.map(({ account, stack }) => ({ accountId: account.id, stack })),
    { accountId: id, stack: front.stack },
    ...(front.logs ? [{ accountId: id, stack: front.logs.stack }] : []),
  ];
}

function accountsOfTenant({ cells }: Fleet, tenant: string): readonly string[] {
  const own = cells.filter((cell) => cell.tenant === tenant);
  return [...new Set(own.flatMap(placesOf).map(({ accountId }) => accountId))];
}

function accountNames({ cells, organization }: Fleet): ReadonlyMap<string, string> {
  const accounts = [
    ...cells.flatMap(({ front, targets }) => [front.account, ...targets.map(({ account }) => account)]),
    ...(organization ? [organization.management, ...organization.members] : []),
  ];
  return new Map(accounts.flatMap(({ id, name }) => (id === undefined ? [] : [[id, name]])));
}

function budgetsOf({ budgets }: Fleet) {
  const all = (budgets?.budgets ?? []).map(({ account, monthly }) => ({
    account,
    monthly: parseMoney(String(monthly)),
  }));
  const byId = new Map(all.map(({ account, monthly }) => [account?.id, monthly]));
  return {
    whole: all.find(({ account }) => account === undefined)?.monthly,
    /** Of accounts together; undefined where one has none. */
    ofAccounts: (ids: readonly string[]) => {
      const found = ids.flatMap((id) => byId.get(id) ?? []);
      return ids.length > 0 && found.length === ids.length ? sumOf(found) : undefined;
    },
  };
}
