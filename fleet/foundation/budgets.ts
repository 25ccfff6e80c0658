import { resolveAccount } from "../accounts";
import type { FleetFile } from "../schema/fleet-file";
import type { BudgetEntry } from "../schema/foundation";
import { sortBy } from "../values";
import { accountRef } from "./identity";
import type { AccountRef, Budget, Budgets } from "./model";

/** Percent of a budget at which somebody is told, where the fleet file does not say. */
const defaultThresholds = [50, 80, 100];

/** Fills in all budgets; undefined where the fleet file has none. */
export function resolveBudgets(file: FleetFile): Budgets | undefined {
  if (!file.organization) return undefined;
  const perAccount = sortBy(Object.entries(file.accounts), ([name]) => name).flatMap(
    ([name, { budget, closed }]) =>
      budget && !closed ? [resolve(`${file.fleet}_${name}`, budget, accountRef(file, name))] : [],
  );
  const budgets = [...(file.budget ? [resolve(file.fleet, file.budget)] : []), ...perAccount];
  if (budgets.length === 0) return undefined;
  return { management: resolveAccount(file, file.organization.management), budgets };
}

function resolve(name: string, entry: BudgetEntry, account?: AccountRef): Budget {
  const at = [...new Set(entry.at ?? defaultThresholds)].sort((a, b) => a - b);
  return { name, account, monthly: entry.monthly, alerts: [...new Set(entry.alerts ?? [])].sort(), at };
}
