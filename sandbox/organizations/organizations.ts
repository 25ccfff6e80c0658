import { AwsError, type OwnService } from "../http";
import { jsonService, type Operation } from "../protocols/json";
import { accountOperations } from "./accounts";
import { arnOf, creationTime, describeAccount, type Organization } from "./model";
import {
  policyAttachmentOperations,
  policyOperations,
  requireServiceControlPolicy,
  serviceControlPolicy,
} from "./policies";
import {
  allowEverything,
  createOrganizationStore,
  forManagement,
  type OrganizationOperation,
  type OrganizationStore,
  required,
  requireOrganization,
} from "./store";
import { tagOperations } from "./tags";
import { membersBelow, requireTarget } from "./tree";
import { unitOperations } from "./units";

const register: OrganizationOperation = (input, organization, store) => {
  const { id } = store.account(organization, required(input, "AccountId"));
  const service = required(input, "ServicePrincipal");
  const services = organization.delegations.get(id) ?? new Set<string>();
  if (services.has(service)) {
    throw new AwsError(
      400,
      "AccountAlreadyRegisteredException",
      "The specified account is already a delegated administrator for this AWS service.",
    );
  }
  organization.delegations.set(id, new Set([...services, service]));
  return {};
};

const deregister: OrganizationOperation = (input, organization, store) => {
  const { id } = store.account(organization, required(input, "AccountId"));
  const service = required(input, "ServicePrincipal");
  const services = new Set(organization.delegations.get(id));
  if (!services.delete(service)) {
    throw new AwsError(
      400,
      "AccountNotRegisteredException",
      "The specified account is not a delegated administrator for this AWS service.",
    );
  }
  organization.delegations.set(id, services);
  return {};
};

const list: OrganizationOperation = (input, organization, store) => {
  const service = input.ServicePrincipal;
  const administrators = [...organization.delegations]
    .filter(([, services]) => (typeof service === "string" ? services.has(service) : services.size > 0))
    .map(([id]) => store.account(organization, id));
  return {
    DelegatedAdministrators: administrators.map((account) => ({
      ...describeAccount(account),
      DelegationEnabledDate: creationTime,
    })),
  };
};

/** Member accounts that administer a service for the organization. */
function delegationOperations(store: OrganizationStore): Readonly<Record<string, Operation>> {
  return forManagement(store, {
    RegisterDelegatedAdministrator: register,
    DeregisterDelegatedAdministrator: deregister,
    ListDelegatedAdministrators: list,
  });
}

function policyTypes({ hasServiceControlPolicies }: Organization) {
  return hasServiceControlPolicies ? [{ Type: serviceControlPolicy, Status: "ENABLED" }] : [];
}

function describe(organization: Organization): object {
  const { id, management } = organization;
  return {
    Organization: {
      Id: id,
      Arn: arnOf(organization, "organization"),
      FeatureSet: "ALL",
      MasterAccountId: management,
      MasterAccountArn: arnOf(organization, "account", management),
      MasterAccountEmail: organization.accounts.get(management)?.email,
      AvailablePolicyTypes: policyTypes(organization),
    },
  };
}

function describeRoot(organization: Organization, store: OrganizationStore) {
  const { id, arn, name } = requireTarget(store, organization, organization.root);
  return { Id: id, Arn: arn, Name: name, PolicyTypes: policyTypes(organization) };
}

/** @throws {AwsError} for another root, or a type that the sandbox does not know */
function requirePolicyType(organization: Organization, root: string, type: string): void {
  if (root !== organization.root) {
    throw new AwsError(400, "RootNotFoundException", `You specified a root that doesn't exist: ${root}`);
  }
  requireServiceControlPolicy(type);
}

const enablePolicyType: OrganizationOperation = (input, organization, store) => {
  requirePolicyType(organization, required(input, "RootId"), required(input, "PolicyType"));
  if (organization.hasServiceControlPolicies) {
    throw new AwsError(
      400,
      "PolicyTypeAlreadyEnabledException",
      "The specified policy type is already enabled in the specified root.",
    );
  }
  organization.hasServiceControlPolicies = true;
  return { Root: describeRoot(organization, store) };
};

const disablePolicyType: OrganizationOperation = (input, organization, store) => {
  requirePolicyType(organization, required(input, "RootId"), required(input, "PolicyType"));
  if (!organization.hasServiceControlPolicies) {
    throw new AwsError(
      400,
      "PolicyTypeNotEnabledException",
      "The specified policy type isn't currently enabled in this root.",
    );
  }
  organization.hasServiceControlPolicies = false;
  // AWS detaches everything, and attaches its own policy again when the type is enabled anew.
  for (const target of organization.attachments.keys()) allowEverything(organization, target);
  return { Root: describeRoot(organization, store) };
};

const deleteOrganization: OrganizationOperation = (_input, organization, store) => {
  if (organization.accounts.size > 1) {
    throw new AwsError(
      400,
      "OrganizationNotEmptyException",
      "The organization isn't empty. To delete an organization, you must first remove all accounts except the management account.",
    );
  }
  store.remove(organization);
  return {};
};

/** The organization itself, its root, and the services that it trusts. */
export function organizationOperations(store: OrganizationStore): Readonly<Record<string, Operation>> {
  return {
    CreateOrganization: (_input, { account }) => {
      if (store.withMember(account)) {
        throw new AwsError(
          400,
          "AlreadyInOrganizationException",
          "The AWS account is already a member of an organization.",
        );
      }
      return describe(store.create(account));
    },
    DescribeOrganization: (_input, call) => describe(requireOrganization(store, call)),
    ...forManagement(store, {
      DeleteOrganization: deleteOrganization,
      ListRoots: (_input, organization) => ({ Roots: [describeRoot(organization, store)] }),
      EnablePolicyType: enablePolicyType,
      DisablePolicyType: disablePolicyType,
      EnableAWSServiceAccess: (input, { trustedServices }) => {
        trustedServices.add(required(input, "ServicePrincipal"));
        return {};
      },
      DisableAWSServiceAccess: (input, { trustedServices }) => {
        trustedServices.delete(required(input, "ServicePrincipal"));
        return {};
      },
      ListAWSServiceAccessForOrganization: (_input, { trustedServices }) => ({
        EnabledServicePrincipals: [...trustedServices]
          .sort()
          .map((name) => ({ ServicePrincipal: name, DateEnabled: creationTime })),
      }),
      DescribeResourcePolicy: () => {
        throw new AwsError(
          400,
          "ResourcePolicyNotFoundException",
          "We can't find a resource policy request with the parameter that you specified.",
        );
      },
    }),
  };
}

/** AWS Organizations, as far as a fleet's organization needs it, and what other services ask of it. */
export interface Organizations extends OwnService {
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
  /** Enables a service, as services do by themselves that need others. */
  readonly trust: (management: string, servicePrincipal: string) => void;
  /** The unit that a unit lies in; undefined for one right below the root, or none. */
  readonly unitAround: (management: string, unit: string) => string | undefined;
}

/** No organization yet: CreateOrganization makes one, managed from the account that calls it. */
export function createOrganizations(): Organizations {
  const store = createOrganizationStore();
  return {
    ...jsonService("organizations", {
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
    trust(management, servicePrincipal) {
      store.managedBy(management)?.trustedServices.add(servicePrincipal);
    },
    unitAround(management, unit) {
      const organization = store.managedBy(management);
      const parent = organization?.units.get(unit)?.parent;
      return parent === organization?.root ? undefined : parent;
    },
  };
}
