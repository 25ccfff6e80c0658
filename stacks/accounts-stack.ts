import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { serviceControlPolicies } from "../access/guardrail";
import type { Organization } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { type FleetStack, foundationStacks } from "../fleet/stacks";
import { OrganizationAccounts } from "../modules/organization-accounts";
import { OrganizationPolicies } from "../modules/organization-policies";
import { OrganizationOutputs } from "./organization-outputs";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * The accounts of the organization, created or taken over, in their units, and the policies that bind units and accounts.
 * Both in one stack: AWS deletes no policy that is attached to anything, and no account is to be in a unit before that
 * unit's policies are.
 */
export class AccountsStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, organization: Organization) {
    super(scope, fleet, stack);
    const { provider } = this;
    const outputs = new OrganizationOutputs(this, fleet);
    const unitId = (path: string) => outputs.unitId(path);
    const policies = new OrganizationPolicies(this, "policies", {
      provider,
      policies: serviceControlPolicies(organization),
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
    new TerraformOutput(this, foundationStacks.accounts, {
      description: "Id of each account",
      value: accounts.ids,
    });
  }
}
