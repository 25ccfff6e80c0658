import { DataAwsOrganizationsOrganization } from "@cdktf/provider-aws/lib/data-aws-organizations-organization";
import { OrganizationsOrganization } from "@cdktf/provider-aws/lib/organizations-organization";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Postcondition } from "cdktf";
import { Construct } from "constructs";
import { letGo } from "./let-go";

/** What an organization is made of, or has to have. */
export interface OrganizationProps {
  /** Of the management account. */
  readonly provider: AwsProvider;
  /** Whether it is there already, and only read. */
  readonly existing: boolean;
  /** AWS services that the fleet needs to work in all accounts, as service principals. */
  readonly trustedServices: readonly string[];
  /** Whether others enable services and types of policies in it, too. */
  readonly isShared: boolean;
  /** Whether policies are attached to its units or accounts. */
  readonly hasPolicies: boolean;
}

/** More than one bill for all: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html */
const allFeatures = "ALL";

/** What others add to. They are filled when the organization is made, and only looked at afterwards. */
const sharedLists = ["aws_service_access_principals", "enabled_policy_types"];

/** The type of the policies, as Organizations calls it. */
export const serviceControlPolicy = "SERVICE_CONTROL_POLICY";

/**
 * What lets go of an organization that was made here once and now is only read. Without it, the resource that is gone
 * would be taken for one to delete.
 */
export const organizationLetGo = letGo("aws_organizations_organization.organization");

/**
 * The organization: made, or only read. One that is others' business, too, has to have what the rest needs, and says which
 * command gives it what is missing. To Terraform, the lists of services and of policy types are complete: it would take away
 * what is not in them, such as all that Control Tower has enabled for itself.
 * https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/organizations_organization
 */
export class OrganizationRoot extends Construct {
  /** The resource or the data source. */
  readonly element: OrganizationsOrganization | DataAwsOrganizationsOrganization;

  constructor(scope: Construct, id: string, props: OrganizationProps) {
    super(scope, id);
    const { existing, hasPolicies, isShared, provider, trustedServices } = props;
    this.element = existing
      ? new DataAwsOrganizationsOrganization(this, "existing", {
          provider,
          lifecycle: { postcondition: postconditions(props) },
        })
      : new OrganizationsOrganization(this, "made", {
          provider,
          featureSet: allFeatures,
          awsServiceAccessPrincipals: [...trustedServices],
          enabledPolicyTypes: hasPolicies ? [serviceControlPolicy] : [],
          lifecycle: {
            preventDestroy: true,
            ...(isShared && { ignoreChanges: sharedLists, postcondition: postconditions(props) }),
          },
        });
    this.element.overrideLogicalId("organization");
  }

  /** Id of the root, `r-…`, as a Terraform expression. */
  get rootId(): string {
    return this.element.roots.get(0).id;
  }
}

function postconditions({ hasPolicies, trustedServices }: OrganizationProps): Postcondition[] {
  return [
    {
      condition: `\${self.feature_set == "${allFeatures}"}`,
      errorMessage:
        "The organization has consolidated billing only. Enable all features: aws organizations enable-all-features",
    },
    ...(hasPolicies
      ? [
          {
            condition: `\${contains(self.enabled_policy_types, "${serviceControlPolicy}")}`,
            errorMessage: `Service control policies are not enabled. Enable them: aws organizations enable-policy-type --policy-type ${serviceControlPolicy} --root-id \${self.roots[0].id}`,
          },
        ]
      : []),
    ...trustedServices.map((service) => ({
      condition: `\${contains(self.aws_service_access_principals, "${service}")}`,
      errorMessage: `${service} may not work in the organization's accounts. Enable it: ${enableCommand(service)}`,
    })),
  ];
}

/**
 * StackSets has a switch of its own, which turns on more than the trusted service:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
 */
function enableCommand(service: string): string {
  return service.includes("stacksets")
    ? "aws cloudformation activate-organizations-access"
    : `aws organizations enable-aws-service-access --service-principal ${service}`;
}
