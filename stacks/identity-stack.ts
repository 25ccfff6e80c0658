import { DataAwsIdentitystoreGroup } from "@cdktf/provider-aws/lib/data-aws-identitystore-group";
import { DataAwsSsoadminInstances } from "@cdktf/provider-aws/lib/data-aws-ssoadmin-instances";
import { IdentitystoreGroup } from "@cdktf/provider-aws/lib/identitystore-group";
import { SsoadminAccountAssignment } from "@cdktf/provider-aws/lib/ssoadmin-account-assignment";
import { Fn, Op, TerraformSelf } from "cdktf";
import { Construct } from "constructs";
import type { Identity } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { marked } from "../fleet/stack-mark";
import type { FleetStack } from "../fleet/stacks";
import { literal } from "../modules/literal";
import { PermissionSetModule } from "../modules/permission-set";
import { OrganizationOutputs } from "./organization-outputs";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * Who may do what in which account, by IAM Identity Center. Deployed after the stack accounts, whose accounts it
 * names. Identity Center itself has no API to be enabled with: somebody does that once in the console.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/enable-identity-center.html
 */
export class IdentityStack extends SingleProviderStack {
  constructor(parent: Construct, fleet: Fleet, stack: FleetStack, identity: Identity) {
    super(parent, fleet, stack);
    const { provider } = this;
    const instances = new DataAwsSsoadminInstances(this, "instances", {
      provider,
      lifecycle: {
        postcondition: [
          {
            condition: Op.eq(Fn.lengthOf(TerraformSelf.getAny("arns")), 1),
            errorMessage: `IAM Identity Center is not enabled in ${identity.region}. It has one region: if that is another one, write it as "identity.region"; else open Identity Center in ${identity.region} in the console of the management account, choose Enable, and deploy again.`,
          },
        ],
      },
    });
    const instanceArn = Fn.element(instances.arns, 0);
    const storeId = Fn.element(instances.identityStoreIds, 0);
    const groupIds = this.groups(identity, storeId, stack.name);

    const scope = new Construct(this, "permission-set");
    const sets = new Map(
      identity.permissionSets.map((permissionSet) => [
        permissionSet.name,
        new PermissionSetModule(scope, permissionSet.name, { provider, instanceArn, permissionSet }),
      ]),
    );

    const outputs = new OrganizationOutputs(this, fleet);
    const access = new Construct(this, "access");
    for (const { account, group, permissionSet } of identity.assignments) {
      const set = sets.get(permissionSet);
      const groupId = groupIds.get(group);
      if (!set || groupId === undefined) throw new Error(`${group} or ${permissionSet} is not declared`);
      const ofAccount = childOf(access, account.name);
      const ofGroup = childOf(ofAccount, idOf(group));
      new SsoadminAccountAssignment(ofGroup, permissionSet, {
        provider,
        instanceArn,
        permissionSetArn: set.arn,
        principalType: "GROUP",
        principalId: groupId,
        targetType: "AWS_ACCOUNT",
        targetId: outputs.accountId(account),
        dependsOn: [...set.parts],
      });
    }
  }

  /** Ids of the groups by name: made here, or read where they come from an identity provider. */
  private groups(
    { existing, groups }: Identity,
    identityStoreId: string,
    stack: string,
  ): ReadonlyMap<string, string> {
    const { provider } = this;
    // Groups carry no tags.
    const description = marked("Made by Meridian", stack);
    const scope = new Construct(this, "group");
    return new Map(
      groups.map((group) => {
        const displayName = literal(group);
        const { groupId } = existing
          ? new DataAwsIdentitystoreGroup(scope, idOf(group), {
              provider,
              identityStoreId,
              alternateIdentifier: {
                uniqueAttribute: { attributePath: "DisplayName", attributeValue: displayName },
              },
            })
          : new IdentitystoreGroup(scope, idOf(group), {
              provider,
              identityStoreId,
              displayName,
              description,
            });
        return [group, groupId];
      }),
    );
  }
}

function childOf(scope: Construct, id: string): Construct {
  return (scope.node.tryFindChild(id) as Construct | undefined) ?? new Construct(scope, id);
}

/** People name groups freely; a construct turns `/` into `--`, which may stand in another group's name. */
function idOf(group: string): string {
  return group.replaceAll(/[%/]/g, (character) => (character === "%" ? "%25" : "%2F"));
}
