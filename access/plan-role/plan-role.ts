import type { Fleet } from "../../fleet/model";
import type { NamedPolicy, Statement } from "../../fleet/policy-document";
import { deployRolePolicies, keepsState, managementRolePolicies } from "../deploy-role/deploy-role";
import type { RoleScope } from "../deploy-role/scope";
import { ownStateArns, stateReadPolicy } from "../deploy-role/state";
import { dataReads, objectReads, readsOf } from "./reads";

/** Policies of a deploy role that say nothing of what a plan looks at: its state has one of its own here. */
const withoutReads = ["bill", "own-limits", "state"];

/**
 * The policies of the role that plans in an account of the fleet: what the deploy role may look at, and no more. So it reads
 * just what a plan reads, and whoever becomes it can change nothing and sees no data.
 */
export function planRolePolicies(fleet: Fleet, scope: RoleScope): readonly NamedPolicy[] {
  return planPolicies(fleet, scope, deployRolePolicies(fleet, scope));
}

/** The same in the management account. */
export function managementPlanPolicies(fleet: Fleet, scope: RoleScope): readonly NamedPolicy[] {
  return planPolicies(fleet, scope, managementRolePolicies(fleet, scope));
}

function planPolicies(
  fleet: Fleet,
  scope: RoleScope,
  deploying: readonly NamedPolicy[],
): readonly NamedPolicy[] {
  return [
    ...deploying
      .filter(({ name }) => !withoutReads.includes(name))
      .flatMap((policy) => readsOf(policy) ?? []),
    ...(keepsState(fleet) ? [stateReadPolicy(scope, fleet.stateBucket)] : []),
    noDataPolicy(fleet, scope),
  ];
}

/**
 * Whatever extensions say with wildcards, and whatever is attached to the role one day: no data of viewers, no secret, and no
 * object but the state of the account's own stacks. A parameter or a secret can only be read by whoever may decrypt it:
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
 */
function noDataPolicy(fleet: Fleet, scope: RoleScope): NamedPolicy {
  const own = keepsState(fleet) ? ownStateArns(scope, fleet.stateBucket) : [];
  const objects = { Sid: "NoObjects", Effect: "Deny", Action: objectReads } as const;
  const statements: readonly Statement[] = [
    { Sid: "NoData", Effect: "Deny", Action: dataReads, Resource: "*" },
    own.length === 0 ? { ...objects, Resource: "*" } : { ...objects, NotResource: own },
    {
      Sid: "NoSecrets",
      Effect: "Deny",
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringNotLike: { "kms:ViaService": "s3.*.amazonaws.com" } },
    },
  ];
  return { name: "no-data", document: { Version: "2012-10-17", Statement: statements } };
}
