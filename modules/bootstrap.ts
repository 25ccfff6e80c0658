import {
  CloudformationStackSet,
  type CloudformationStackSetOperationPreferences,
} from "@cdktf/provider-aws/lib/cloudformation-stack-set";
import { CloudformationStackSetInstance } from "@cdktf/provider-aws/lib/cloudformation-stack-set-instance";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Bootstrap } from "../fleet/foundation/model";
import { literal } from "./literal";

/** What gives accounts their deploy role. */
export interface DeployRoleStackSetProps {
  /** Of the management account, in the region that the stack set is run from. */
  readonly provider: AwsProvider;
  readonly bootstrap: Bootstrap;
  /** The CloudFormation template, as JSON. */
  readonly template: string;
  /** Id of a unit, by its path; may be a Terraform expression. */
  readonly unitId: (path: string) => string;
}

/**
 * A service-managed stack set that gives the accounts of the units what the template says, those that come later among
 * them. CloudFormation does it by itself, so nobody has to log in to a new account. It never reaches the management account:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-associate-stackset-with-org.html
 */
export class DeployRoleStackSet extends Construct {
  readonly stackSetId: string;
  readonly stackSetName: string;

  constructor(scope: Construct, id: string, props: DeployRoleStackSetProps) {
    super(scope, id);
    const { bootstrap, provider, template, unitId } = props;
    const stackSet = new CloudformationStackSet(this, "set", {
      provider,
      name: bootstrap.stackSet,
      description: `The role ${bootstrap.role.name} in every account of the units`,
      permissionModel: "SERVICE_MANAGED",
      // An account that leaves its unit keeps the role: what is deployed there could not be destroyed without it.
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: true },
      // The role and its boundary have names, which the fleet file knows.
      capabilities: ["CAPABILITY_NAMED_IAM"],
      // Operations that meet wait for each other, rather than fail.
      managedExecution: { active: true },
      operationPreferences: preferences(bootstrap),
      templateBody: literal(template),
      // AWS fills it in for the other permission model only, and the provider reads it.
      lifecycle: { ignoreChanges: ["administration_role_arn"] },
    });
    let before: CloudformationStackSetInstance | undefined;
    for (const region of bootstrap.regions) {
      for (const unit of bootstrap.units) {
        // One for each unit, because the provider cannot change the units of one that is there; one after the other, so that
        // regions come in their order.
        before = new CloudformationStackSetInstance(this, `${region}_${unit.replaceAll("/", "_")}`, {
          provider,
          stackSetName: stackSet.name,
          region,
          deploymentTargets: { organizationalUnitIds: [unitId(unit)] },
          operationPreferences: preferences(bootstrap, region),
          dependsOn: before && [before],
          // They only matter while it is made, and the provider cannot change them afterwards:
          // https://github.com/hashicorp/terraform-provider-aws/issues/40675
          lifecycle: { ignoreChanges: ["operation_preferences"] },
        });
      }
    }
    this.stackSetId = stackSet.stackSetId;
    this.stackSetName = stackSet.name;
  }
}

/** hashicorp/aws 5.100.0 does not send `region_order`: later changes of the set take the regions in AWS's own order. */
function preferences(
  { concurrency, failureTolerance, regions }: Bootstrap,
  region?: string,
): CloudformationStackSetOperationPreferences {
  return {
    failureToleranceCount: failureTolerance,
    maxConcurrentCount: concurrency,
    regionConcurrencyType: "SEQUENTIAL",
    regionOrder: region === undefined ? [...regions] : [region],
  };
}
