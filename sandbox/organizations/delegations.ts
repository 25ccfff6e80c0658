import { AwsError } from "../http";
import type { Operation } from "../json-service";
import { describeAccount, THEN } from "./model";
import { forManagement, type OrganizationOperation, required } from "./operation";
import type { OrganizationStore } from "./store";

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
      DelegationEnabledDate: THEN,
    })),
  };
};

/** Member accounts that administer a service for the organization. */
export function delegationOperations(store: OrganizationStore): Readonly<Record<string, Operation>> {
  return forManagement(store, {
    RegisterDelegatedAdministrator: register,
    DeregisterDelegatedAdministrator: deregister,
    ListDelegatedAdministrators: list,
  });
}
