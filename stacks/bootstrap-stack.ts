import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { bootstrapTemplate } from "../access/deploy-role/template";
import type { Bootstrap } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import type { FleetStack } from "../fleet/stacks";
import { DeployRoleStackSet } from "../modules/bootstrap";
import { OrganizationOutputs } from "./organization-outputs";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * The deploy role of every account of the units, those that are still to come among them. Deployed after the accounts
 * stack, so that new accounts are in their units by then.
 */
export class BootstrapStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, bootstrap: Bootstrap) {
    super(scope, fleet, stack);
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
