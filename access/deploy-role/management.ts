import type { Bootstrap, Organization } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import type { NamedPolicy, Statement } from "../../fleet/policy-document";

import { quotaOperations } from "../calls/preflight";
import { allow, iamArn, type RoleScope } from "./scope";

/**
 * What the stacks in the management account need, one policy for each that the fleet has: enough for them, and no more.
 * Most of it has no narrower resource, as there is one organization and AWS makes up the ids of all that is in it.
 *
 * Not included is what Control Tower asks of whoever sets up a landing zone: that takes an administrator.
 */
export function managementPolicies(fleet: Fleet, scope: RoleScope): readonly NamedPolicy[] {
  const { bootstrap, budgets, identity, organization } = fleet;
  if (!organization) return [];
  const policy = (name: string, Statement: readonly Statement[]): NamedPolicy => ({
    name,
    document: { Version: "2012-10-17", Statement },
  });
  return [
    policy("organization", organizationStatements(organization, scope)),
    ...(organization.controlTower ? [policy("control-tower", controlTower)] : []),
    ...(identity ? [policy("identity", identityCenter(identity.existing))] : []),
    ...(bootstrap ? [policy("bootstrap", stackSets(bootstrap, scope))] : []),
    ...(budgets ? [policy("budgets", budgetStatements(scope))] : []),
    // `meridian bill`.
    policy("bill", [allow("Bill", "ce", ["GetCostAndUsage"], "*")]),
  ];
}

/** Of the stacks organization and accounts. */
const organizationOperations = [
  ...["DescribeOrganization", "ListAWSServiceAccessForOrganization", "ListAccounts", "ListRoots"],
  ...["ListDelegatedAdministrators", "ListTagsForResource", "TagResource", "UntagResource"],
  // Units.
  ...["CreateOrganizationalUnit", "DeleteOrganizationalUnit", "DescribeOrganizationalUnit"],
  ...["ListAccountsForParent", "ListOrganizationalUnitsForParent", "ListParents", "UpdateOrganizationalUnit"],
  // Accounts.
  ...["CloseAccount", "CreateAccount", "DescribeAccount", "DescribeCreateAccountStatus", "MoveAccount"],
  ...["ListCreateAccountStatus"],
  // Policies.
  ...["AttachPolicy", "CreatePolicy", "DeletePolicy", "DescribePolicy", "DetachPolicy"],
  ...["ListPolicies", "ListTargetsForPolicy", "UpdatePolicy"],
];

/** Of an organization that is made here, rather than read. */
const rootOperations = [
  ...["CreateOrganization", "DisableAWSServiceAccess", "DisablePolicyType"],
  ...["EnableAWSServiceAccess", "EnablePolicyType"],
];

function organizationStatements({ existing }: Organization, scope: RoleScope): readonly Statement[] {
  const operations = existing ? organizationOperations : [...organizationOperations, ...rootOperations];
  return [
    allow("Organization", "organizations", operations, "*"),
    // `meridian preflight`: how many accounts there may be.
    allow("Limits", "servicequotas", quotaOperations, "*"),
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services-using_slrs.html
    ...(existing
      ? []
      : [
          allow(
            "OrganizationsOwnRole",
            "iam",
            ["CreateServiceLinkedRole"],
            iamArn(scope, "role/aws-service-role/organizations.amazonaws.com/*"),
            { StringEquals: { "iam:AWSServiceName": "organizations.amazonaws.com" } },
          ),
        ]),
  ];
}

const controlTower = [
  allow(
    "ControlTower",
    "controltower",
    [
      ...["CreateLandingZone", "DeleteLandingZone", "GetLandingZone", "GetLandingZoneOperation"],
      ...["ListLandingZones", "ResetLandingZone", "UpdateLandingZone"],
      ...["DisableControl", "EnableControl", "GetControlOperation", "GetEnabledControl"],
      ...["ListEnabledControls", "UpdateEnabledControl"],
      ...["ListTagsForResource", "TagResource", "UntagResource"],
    ],
    "*",
  ),
];

function identityCenter(existing: boolean): readonly Statement[] {
  const groups = existing ? [] : ["CreateGroup", "DeleteGroup", "UpdateGroup"];
  return [
    allow(
      "Access",
      "sso",
      [
        ...["ListInstances", "ListTagsForResource", "TagResource", "UntagResource"],
        ...["CreatePermissionSet", "DeletePermissionSet", "DescribePermissionSet", "UpdatePermissionSet"],
        "ListPermissionSets",
        ...["AttachManagedPolicyToPermissionSet", "DetachManagedPolicyFromPermissionSet"],
        ...["ListManagedPoliciesInPermissionSet", "DeleteInlinePolicyFromPermissionSet"],
        ...["GetInlinePolicyForPermissionSet", "PutInlinePolicyToPermissionSet"],
        ...["CreateAccountAssignment", "DeleteAccountAssignment", "ListAccountAssignments"],
        ...["DescribeAccountAssignmentCreationStatus", "DescribeAccountAssignmentDeletionStatus"],
        ...["DescribePermissionSetProvisioningStatus", "ProvisionPermissionSet"],
      ],
      "*",
    ),
    allow("Groups", "identitystore", ["DescribeGroup", "GetGroupId", "ListGroups", ...groups], "*"),
  ];
}

function stackSets({ region, stackSet: name }: Bootstrap, { account }: RoleScope): readonly Statement[] {
  const arn = (owner: string, rest: string) => `arn:aws:cloudformation:${region}:${owner}:${rest}`;
  const set = arn(account, `stackset/${name}:*`);
  const changes = [
    ...["CreateStackInstances", "DeleteStackInstances", "UpdateStackInstances", "UpdateStackSet"],
  ];
  return [
    // Takes no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
    allow("NewStackSet", "cloudformation", ["CreateStackSet"], "*"),
    allow(
      "StackSet",
      "cloudformation",
      [
        ...["DeleteStackSet", "DescribeStackInstance", "DescribeStackSet", "DescribeStackSetOperation"],
        ...["ListStackInstances", "ListStackSetOperationResults", "TagResource", "UntagResource"],
      ],
      set,
    ),
    // Where it goes, and what it may hold, count as resources, too.
    allow("StackSetChanges", "cloudformation", changes, [
      set,
      arn(account, `stackset-target/${name}:*`),
      arn("", "type/resource/*"),
    ]),
  ];
}

function budgetStatements({ account, fleet }: RoleScope): readonly Statement[] {
  const operations = ["ListTagsForResource", "ModifyBudget", "TagResource", "UntagResource", "ViewBudget"];
  const budgets = `arn:aws:budgets::${account}:budget/${fleet}`;
  return [allow("Budgets", "budgets", operations, [budgets, `${budgets}_*`])];
}
