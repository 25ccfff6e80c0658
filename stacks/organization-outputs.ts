import { propertyAccess, type TerraformRemoteState, type TerraformStack } from "cdktf";
import type { AccountRef } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { foundationStacks } from "../fleet/stacks";
import { remoteState } from "../terraform-state/backend";

/**
 * What the stacks organization and accounts know once they are deployed: ids of units and accounts that they made.
 * Read from their state only where the fleet file does not have them.
 */
export class OrganizationOutputs {
  private readonly states = new Map<string, TerraformRemoteState>();

  constructor(
    private readonly stack: TerraformStack,
    private readonly fleet: Fleet,
  ) {}

  /** 12 digits, or a reference to them. */
  accountId({ id, name }: AccountRef): string {
    return id ?? this.read(foundationStacks.accounts, "accounts", name);
  }

  /** `ou-…`, or a reference to it. */
  unitId(path: string): string {
    const known = this.fleet.organization?.units.find((unit) => unit.path === path)?.id;
    return known ?? this.read(foundationStacks.organization, "units", path);
  }

  /** `arn:aws:organizations::…:ou/o-…/ou-…`, as a reference. */
  unitArn(path: string): string {
    return this.read(foundationStacks.organization, "unit_arns", path);
  }

  /** The address of the management account, as a reference. */
  managementEmail(): string {
    return this.read(foundationStacks.organization, "organization", "management_email");
  }

  private read(producer: string, output: string, key: string): string {
    return propertyAccess(this.stateOf(producer).get(output), [key]).toString();
  }

  private stateOf(producer: string): TerraformRemoteState {
    const { organization, state } = this.fleet;
    if (!organization) throw new Error("there is no organization stack to read");
    const known =
      this.states.get(producer) ?? remoteState(this.stack, state, producer, organization.management);
    this.states.set(producer, known);
    return known;
  }
}
