import { OrganizationsOrganizationalUnit } from "@cdktf/provider-aws/lib/organizations-organizational-unit";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Unit } from "../fleet/foundation/model";

/** What the units of an organization are made of. */
export interface OrganizationUnitsProps {
  /** Of the management account. */
  readonly provider: AwsProvider;
  /** Id of the organization's root. */
  readonly rootId: string;
  /** Each after the one that it is in. */
  readonly units: readonly Unit[];
}

/** An `import` block of Terraform: https://developer.hashicorp.com/terraform/language/import */
export interface Import {
  readonly to: string;
  readonly id: string;
}

/**
 * The organizational units. AWS cannot move one, so a plan that would replace one that lies elsewhere than its path says
 * fails. One whose line is taken out of the fleet file is deleted, and AWS deletes none that still holds anything: accounts
 * are moved first, with a deploy of their own.
 */
export class OrganizationUnits extends Construct {
  /** What takes over those that are there already. */
  readonly imports: readonly Import[];
  private readonly byPath = new Map<string, OrganizationsOrganizationalUnit>();

  constructor(scope: Construct, id: string, { provider, rootId, units }: OrganizationUnitsProps) {
    super(scope, id);
    for (const { id, name, parent, path } of units) {
      const logicalId = path.replaceAll("/", "_");
      const unit = new OrganizationsOrganizationalUnit(this, logicalId, {
        provider,
        name,
        parentId: parent === undefined ? rootId : this.get(parent).id,
        lifecycle: {
          preventDestroy: true,
          // One that is taken over keeps its name, which may be written otherwise.
          ignoreChanges: id === undefined ? undefined : ["name"],
        },
      });
      unit.overrideLogicalId(logicalId);
      this.byPath.set(path, unit);
    }
    this.imports = units.flatMap(({ id, path }) =>
      id === undefined
        ? []
        : [{ to: `${this.get(path).terraformResourceType}.${this.get(path).friendlyUniqueId}`, id }],
    );
  }

  /** @throws there is no unit with this path */
  get(path: string): OrganizationsOrganizationalUnit {
    const unit = this.byPath.get(path);
    if (!unit) throw new Error(`unit ${path} is not declared`);
    return unit;
  }
}
