import type { ServiceHandler } from "../http";
import { jsonService } from "../json-service";
import { accountOperations } from "./accounts";
import { delegationOperations } from "./delegations";
import { organizationOperations } from "./organization";
import { policyOperations } from "./policies";
import { policyAttachmentOperations } from "./policy-attachments";
import { createOrganizationStore } from "./store";
import { tagOperations } from "./tags";
import { membersBelow } from "./tree";
import { unitOperations } from "./units";

/** AWS Organizations, as far as a fleet's organization needs it, and what other services ask of it. */
export interface Organizations {
  readonly handle: ServiceHandler;
  /** Whether an organization is managed from an account. */
  readonly isManagement: (account: string) => boolean;
  /**
   * The accounts anywhere below a root or unit that are not closed; without the management account.
   *
   * @param management the account that the organization is managed from
   */
  readonly accountsBelow: (management: string, parent: string) => readonly string[];
  /** Whether a root or unit is there. */
  readonly hasUnit: (management: string, unit: string) => boolean;
  /** Whether an organization trusts a service, e.g. `member.org.stacksets.cloudformation.amazonaws.com`. */
  readonly trusts: (management: string, servicePrincipal: string) => boolean;
}

/** No organization yet: CreateOrganization makes one, managed from the account that calls it. */
export function createOrganizations(): Organizations {
  const store = createOrganizationStore();
  return {
    handle: jsonService("organizations", {
      ...organizationOperations(store),
      ...accountOperations(store),
      ...unitOperations(store),
      ...policyOperations(store),
      ...policyAttachmentOperations(store),
      ...delegationOperations(store),
      ...tagOperations(store),
    }),
    isManagement: (account) => store.managedBy(account) !== undefined,
    accountsBelow(management, parent) {
      const organization = store.managedBy(management);
      return organization ? membersBelow(organization, parent) : [];
    },
    hasUnit(management, unit) {
      const organization = store.managedBy(management);
      return organization !== undefined && (organization.root === unit || organization.units.has(unit));
    },
    trusts: (management, servicePrincipal) =>
      store.managedBy(management)?.trustedServices.has(servicePrincipal) ?? false,
  };
}
