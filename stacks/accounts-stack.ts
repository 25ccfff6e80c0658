import { type App, TerraformOutput, type TerraformStack } from "cdktf";
import { managementRegion, type Organization } from "../fleet/foundation/model";
import { aroundStacks } from "../fleet/foundation/stacks";
import type { Fleet } from "../fleet/model";
import { OrganizationAccounts } from "../modules/organization-accounts";
import { OrganizationPolicies } from "../modules/organization-policies";
import { AroundStack } from "./around-stack";
import { OrganizationOutputs } from "./organization-outputs";

/**
 * The accounts of the organization, created or taken over, in their units, and the policies that bind units and accounts.
 * Both in one stack: AWS deletes no policy that is attached to anything, and no account is to be in a unit before that
 * unit's policies are.
 */
export class AccountsStack extends AroundStack {
  constructor(app: App, fleet: Fleet, organization: Organization, organizationStack: TerraformStack) {
    super(app, aroundStacks.accounts, fleet, organization.management, managementRegion);
    this.addDependency(organizationStack);
    const { provider } = this;
    const outputs = new OrganizationOutputs(this, fleet);
    const unitId = (path: string) => outputs.unitId(path);
    const policies = new OrganizationPolicies(this, "policies", {
      provider,
      policies: organization.policies,
    });
    const guarded = policies.attachToUnits(unitId);
    const accounts = new OrganizationAccounts(this, "members", {
      provider,
      members: organization.members,
      unitId,
      managementEmail: outputs.managementEmail(),
      after: guarded,
    });
    policies.attachToAccounts((name) => accounts.idOf(name));
    if (accounts.imports.length > 0) this.addOverride("import", accounts.imports);
    if (accounts.moved.length > 0) this.addOverride("moved", accounts.moved);
    new TerraformOutput(this, aroundStacks.accounts, {
      description: "Id of each account",
      value: accounts.ids,
    });
  }
}
