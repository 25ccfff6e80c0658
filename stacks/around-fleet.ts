import type { App } from "cdktf";
import type { Fleet } from "../fleet/model";
import { AccountsStack } from "./accounts-stack";
import { BootstrapStack } from "./bootstrap-stack";
import { BudgetsStack } from "./budgets-stack";
import { ControlTowerStack } from "./control-tower-stack";
import { IdentityStack } from "./identity-stack";
import { OrganizationStack } from "./organization-stack";
import { StateReplicaStack } from "./state-replica-stack";
import { StateStack } from "./state-stack";

/** Adds the stacks around a fleet: its organization, and what belongs to it. */
export function addStacksAround(app: App, fleet: Fleet): void {
  addState(app, fleet);
  addOrganization(app, fleet);
}

function addOrganization(app: App, fleet: Fleet): void {
  const { bootstrap, budgets, identity, organization } = fleet;
  if (!organization) return;
  const organizationStack = new OrganizationStack(app, fleet, organization);
  const accounts = new AccountsStack(app, fleet, organization, organizationStack);
  if (organization.controlTower)
    new ControlTowerStack(app, fleet, organization, organization.controlTower, accounts);
  if (identity) new IdentityStack(app, fleet, identity, accounts);
  if (bootstrap) new BootstrapStack(app, fleet, bootstrap, accounts);
  if (budgets) new BudgetsStack(app, fleet, budgets, accounts);
}

function addState(app: App, fleet: Fleet): void {
  const { stateBucket } = fleet;
  if (!stateBucket) return;
  const replica = stateBucket.replica && new StateReplicaStack(app, fleet, stateBucket, stateBucket.replica);
  new StateStack(app, fleet, stateBucket, replica);
}
