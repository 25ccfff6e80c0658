import { AwsError } from "../http";
import type { Operation } from "../json-service";
import { arnOf, type Organization, THEN } from "./model";
import { forManagement, type OrganizationOperation, required, requireOrganization } from "./operation";
import { requireServiceControlPolicy, SERVICE_CONTROL_POLICY } from "./policies";
import { allowEverything, type OrganizationStore } from "./store";
import { requireTarget } from "./tree";

function policyTypes({ hasServiceControlPolicies }: Organization) {
  return hasServiceControlPolicies ? [{ Type: SERVICE_CONTROL_POLICY, Status: "ENABLED" }] : [];
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
          .map((name) => ({ ServicePrincipal: name, DateEnabled: THEN })),
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
