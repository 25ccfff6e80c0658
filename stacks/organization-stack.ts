import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { serviceControlPolicies } from "../access/guardrail";
import type { Organization } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import type { FleetStack } from "../fleet/stacks";
import { OrganizationRoot, organizationLetGo } from "../modules/organization";
import { OrganizationUnits } from "../modules/organization-units";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * The organization and its units. The accounts have a stack of their own: Terraform reads those that it takes over while
 * it plans, and none can be read before there is an organization.
 */
export class OrganizationStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, organization: Organization) {
    super(scope, fleet, stack);
    const { controlTower, existing, isShared, trustedServices } = organization;
    const { provider } = this;
    const root = new OrganizationRoot(this, "root", {
      provider,
      existing,
      trustedServices,
      isShared,
      hasPolicies: serviceControlPolicies(organization).length > 0 || controlTower !== undefined,
    });
    if (existing) this.addOverride("removed", [organizationLetGo]);
    const units = new OrganizationUnits(this, "organizational_units", {
      provider,
      rootId: root.rootId,
      units: organization.units,
    });
    if (units.imports.length > 0) this.addOverride("import", units.imports);
    const byPath = (value: (path: string) => string) =>
      Object.fromEntries(organization.units.map(({ path }) => [path, value(path)]));
    const { element } = root;
    new TerraformOutput(this, "organization", {
      value: {
        id: element.id,
        arn: element.arn,
        root: root.rootId,
        management_email: element.masterAccountEmail,
      },
    });
    new TerraformOutput(this, "units", {
      description: "Id of each unit",
      value: byPath((path) => units.get(path).id),
    });
    new TerraformOutput(this, "unit_arns", { value: byPath((path) => units.get(path).arn) });
  }
}
