import { fleetOf } from "../support/fleet";
import { organizationFile } from "../support/organization";
import { type Attributes, type StackJson, stackOf, synthJson } from "../support/synth";

describe("budgets", () => {
  let stack: StackJson;
  let byName: ReadonlyMap<unknown, Attributes>;

  beforeAll(() => {
    stack = stackOf(synthJson(fleetOf(organizationFile)), "budgets");
    const budgets = Object.values(stack.resource.aws_budgets_budget ?? {});
    byName = new Map(budgets.map((budget) => [budget.name, budget]));
  });

  test("are in the management account, in us-east-1", () => {
    expect(stack.provider.aws).toMatchObject([
      { alias: "management_us_east_1", region: "us-east-1", allowed_account_ids: ["111111111111"] },
    ]);
  });

  test("are one for the whole, and one for each account that has one", () => {
    expect([...byName.keys()].sort()).toEqual(["acme", "acme_globex", "acme_newco"]);
    expect(byName.get("acme")).toMatchObject({
      limit_amount: "5000",
      limit_unit: "USD",
      time_unit: "MONTHLY",
    });
    expect(byName.get("acme")).not.toHaveProperty("cost_filter");
    expect(byName.get("acme_globex")?.cost_filter).toEqual([
      { name: "LinkedAccount", values: ["333333333333"] },
    ]);
  });

  test("find an account that is not created yet in the organization's outputs", () => {
    expect(JSON.stringify(byName.get("acme_newco")?.cost_filter)).toContain(
      "data.terraform_remote_state.accounts.outputs.accounts.newco",
    );
    expect(byName.get("acme_newco")?.limit_amount).toBe("99.5");
  });

  test("tell everybody at each threshold of what was spent, and at the highest of what will be", () => {
    const mails = ["finops@example.com", "globex@example.com"];
    const shared = {
      comparison_operator: "GREATER_THAN",
      threshold_type: "PERCENTAGE",
      subscriber_email_addresses: mails,
    };
    expect(byName.get("acme_globex")?.notification).toEqual([
      { ...shared, notification_type: "ACTUAL", threshold: 50 },
      { ...shared, notification_type: "ACTUAL", threshold: 100 },
      { ...shared, notification_type: "FORECASTED", threshold: 100 },
    ]);
  });
});

test("a closed account has no budget any more", () => {
  const accounts = {
    ...organizationFile.accounts,
    newco: { ...organizationFile.accounts.newco, closed: true },
  };
  const stack = stackOf(synthJson(fleetOf({ ...organizationFile, accounts })), "budgets");
  const names = Object.values(stack.resource.aws_budgets_budget ?? {}).map(({ name }) => name);
  expect(names.sort()).toEqual(["acme", "acme_globex"]);
});

test("addresses are no templates for Terraform", () => {
  const budget = { monthly: 5, alerts: ["%{x}@example.com"] };
  const stack = stackOf(synthJson(fleetOf({ ...organizationFile, budget })), "budgets");
  expect(JSON.stringify(stack)).toContain('["%%{x}@example.com"]');
});
