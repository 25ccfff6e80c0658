import { BudgetsBudget, type BudgetsBudgetNotification } from "@cdktf/provider-aws/lib/budgets-budget";
import { Construct } from "constructs";
import type { Budget, Budgets } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import type { FleetStack } from "../fleet/stacks";
import { literal } from "../modules/literal";
import { OrganizationOutputs } from "./organization-outputs";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * Budgets, in the management account, which pays for all: one for the whole organization, and one for each account
 * that has one. Deployed after the stack accounts, whose accounts they are for.
 */
export class BudgetsStack extends SingleProviderStack {
  constructor(parent: Construct, fleet: Fleet, stack: FleetStack, { budgets }: Budgets) {
    super(parent, fleet, stack);
    const outputs = new OrganizationOutputs(this, fleet);
    const scope = new Construct(this, "budget");
    for (const budget of budgets) {
      const { account, monthly, name } = budget;
      new BudgetsBudget(scope, name, {
        provider: this.provider,
        name,
        budgetType: "COST",
        timeUnit: "MONTHLY",
        limitAmount: String(monthly),
        limitUnit: "USD",
        costFilter: account && [{ name: "LinkedAccount", values: [outputs.accountId(account)] }],
        notification: notifications(budget),
      });
    }
  }
}

/** What was spent, at each threshold; and what will be, at the highest, while there is still time. */
function notifications({ alerts, at }: Budget): BudgetsBudgetNotification[] {
  const notification = (notificationType: string, threshold: number): BudgetsBudgetNotification => ({
    comparisonOperator: "GREATER_THAN",
    notificationType,
    threshold,
    thresholdType: "PERCENTAGE",
    subscriberEmailAddresses: alerts.map(literal),
  });
  const highest = at.at(-1);
  return [
    ...at.map((threshold) => notification("ACTUAL", threshold)),
    ...(highest === undefined ? [] : [notification("FORECASTED", highest)]),
  ];
}
