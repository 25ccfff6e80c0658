import type { OwnService } from "../http";
import {
  type JsonInput,
  jsonService,
  listTags,
  type Operation,
  readTagKeys,
  readTags,
  requiredText,
} from "../protocols/json";
import { notificationOperations, withNotification } from "./notifications";
import {
  type Budget,
  type Budgets,
  duplicate,
  findBudget,
  invalid,
  missing,
  objectOf,
  requireOwnAccount,
} from "./store";

/** What a budget of costs counts, where nothing else is said. */
const costTypes = {
  IncludeCredit: true,
  IncludeDiscount: true,
  IncludeOtherSubscription: true,
  IncludeRecurring: true,
  IncludeRefund: true,
  IncludeSubscription: true,
  IncludeSupport: true,
  IncludeTax: true,
  IncludeUpfront: true,
  UseAmortized: false,
  UseBlended: false,
};

/** When a budget ends that was given no end: 2087-06-15, in seconds since the epoch. */
const noEnd = Date.UTC(2087, 5, 15) / 1000;

function startOfMonth(): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1) / 1000;
}

/** AWS answers amounts with a decimal point. */
function readAmount(read: JsonInput, member: string): JsonInput {
  const amount = requiredText(read, "Amount");
  if (!/^([0-9]*\.)?[0-9]+$/.test(amount)) throw invalid(`The amount ${amount} of ${member} is no number`);
  return { Amount: amount.includes(".") ? amount : `${amount}.0`, Unit: requiredText(read, "Unit") };
}

function readMembers(read: JsonInput): JsonInput {
  const name = requiredText(read, "BudgetName");
  if (!/^[^:\\]{1,100}$/.test(name))
    throw invalid(`BudgetName ${name} holds : or \\, or more than 100 characters`);
  const type = requiredText(read, "BudgetType");
  const unit = requiredText(read, "TimeUnit");
  const hasLimit = ["BudgetLimit", "PlannedBudgetLimits", "AutoAdjustData"].some(
    (one) => read[one] !== undefined,
  );
  if (!hasLimit) throw invalid("A budget needs a limit");
  return {
    ...read,
    BudgetType: type,
    TimeUnit: unit,
    ...(read.BudgetLimit !== undefined && {
      BudgetLimit: readAmount(objectOf(read, "BudgetLimit"), "BudgetLimit"),
    }),
    ...(type === "COST" && { CostTypes: { ...costTypes, ...(read.CostTypes as object | undefined) } }),
    TimePeriod: { Start: startOfMonth(), End: noEnd, ...(read.TimePeriod as object | undefined) },
    CalculatedSpend: { ActualSpend: { Amount: "0.0", Unit: "USD" } },
  };
}

function findTagged(budgets: Budgets, input: JsonInput): Budget {
  const arn = requiredText(input, "ResourceARN");
  const found = budgets.get(arn.split(":budget/")[1] ?? "");
  if (found) return found;
  throw missing(`There is no budget ${arn}`);
}

/** Operations on budgets, each of which says whose budgets it is about. */
const budgetOperations: Readonly<Record<string, (budgets: Budgets, input: JsonInput) => object>> = {
  ...notificationOperations,
  CreateBudget(budgets, input) {
    const members = readMembers(objectOf(input, "Budget"));
    const name = requiredText(members, "BudgetName");
    if (budgets.has(name)) throw duplicate(`Error creating budget: ${name} - the budget already exists.`);
    const alerts = (input.NotificationsWithSubscribers ?? []) as readonly JsonInput[];
    const budget: Budget = { name, members, notifications: new Map(), tags: readTags(input.ResourceTags) };
    budgets.set(name, alerts.reduce(withNotification, budget));
    return {};
  },
  DescribeBudget: (budgets, input) => ({ Budget: findBudget(budgets, input).members }),
  DescribeBudgets: (budgets) => ({ Budgets: [...budgets.values()].map(({ members }) => members) }),
  UpdateBudget(budgets, input) {
    const members = readMembers(objectOf(input, "NewBudget"));
    const before = findBudget(budgets, members);
    budgets.set(before.name, { ...before, members });
    return {};
  },
  DeleteBudget(budgets, input) {
    budgets.delete(findBudget(budgets, input).name);
    return {};
  },
};

/** Operations on tags, which name a budget by its ARN. */
const tagOperations: typeof budgetOperations = {
  ListTagsForResource: (budgets, input) => ({ ResourceTags: listTags(findTagged(budgets, input).tags) }),
  TagResource(budgets, input) {
    const budget = findTagged(budgets, input);
    const tags = new Map([...budget.tags, ...readTags(input.ResourceTags)]);
    budgets.set(budget.name, { ...budget, tags });
    return {};
  },
  UntagResource(budgets, input) {
    const budget = findTagged(budgets, input);
    const gone = readTagKeys(input.ResourceTagKeys);
    const tags = new Map([...budget.tags].filter(([key]) => !gone.includes(key)));
    budgets.set(budget.name, { ...budget, tags });
    return {};
  },
};

/** AWS Budgets of every account. Nothing is ever spent in them, and nobody is ever told. */
export function createBudgets(): OwnService {
  const accounts = new Map<string, Budgets>();
  const bind = (operations: typeof budgetOperations, namesAccount: boolean) =>
    Object.entries(operations).map(([name, operation]): readonly [string, Operation] => [
      name,
      (input, call) => {
        if (namesAccount) requireOwnAccount(input, call);
        const budgets = accounts.get(call.account) ?? new Map();
        accounts.set(call.account, budgets);
        return operation(budgets, input);
      },
    ]);
  return jsonService(
    "budgets",
    Object.fromEntries([...bind(budgetOperations, true), ...bind(tagOperations, false)]),
  );
}
