import { type App, TerraformOutput, type TerraformStack } from "cdktf";
import { bootstrapTemplate } from "../access/deploy-role/template";
import { type Bootstrap, managementRegion } from "../fleet/foundation/model";
import { aroundStacks } from "../fleet/foundation/stacks";
import type { Fleet } from "../fleet/model";
import { DeployRoleStackSet } from "../modules/bootstrap";
import { AroundStack } from "./around-stack";
import { OrganizationOutputs } from "./organization-outputs";

/**
 * The deploy role of every account of the units, those that are still to come among them. Deployed after the accounts
 * stack, so that new accounts are in their units by then.
 */
export class BootstrapStack extends AroundStack {
  constructor(app: App, fleet: Fleet, bootstrap: Bootstrap, accounts: TerraformStack) {
    super(app, aroundStacks.bootstrap, fleet, bootstrap.management, managementRegion);
    this.addDependency(accounts);
    const outputs = new OrganizationOutputs(this, fleet);
    const made = new DeployRoleStackSet(this, "deploy_role", {
      provider: this.provider,
      bootstrap,
      template: JSON.stringify(bootstrapTemplate(fleet, bootstrap)),
      unitId: (path) => outputs.unitId(path),
    });
    new TerraformOutput(this, "stack_set", {
      description: "Gives each account its deploy role",
      value: { id: made.stackSetId, name: made.stackSetName },
    });
  }
}
