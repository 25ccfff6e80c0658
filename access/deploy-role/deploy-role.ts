import type { StateBucket } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import { githubRoleName } from "../../fleet/pipeline";
import type { NamedPolicy } from "../../fleet/policy-document";
import { dataPolicy, hasTables } from "./data";
import { asksForMore, extensionsPolicy } from "./extensions";
import { frontPolicy } from "./front";
import { ownLimitsPolicy } from "./limits";
import { managementPolicies } from "./management";
import { pipelineNames } from "./pipeline";
import type { RoleScope } from "./scope";
import { replicationRolePolicy, stateOwnerPolicy, statePolicy } from "./state";
import { targetPolicy } from "./target";

/**
 * The policies of the deploy role in an account of the fleet, the same in each: enough for the stacks of its cells, and no
 * more. Those that `limits.ts` names are attached to the role, the others a part of it.
 */
export function deployRolePolicies(fleet: Fleet, scope: RoleScope): readonly NamedPolicy[] {
  return [
    targetPolicy(scope),
    frontPolicy(scope),
    ...(hasTables(fleet) ? [dataPolicy(scope, fleet)] : []),
    ...(asksForMore(fleet) ? [extensionsPolicy(scope, fleet)] : []),
    ...(keepsState(fleet) ? [statePolicy(scope, fleet.stateBucket)] : []),
    ownLimitsPolicy(scope, {
      hasExtensions: asksForMore(fleet),
      buildRoles: buildRoles(fleet),
    }),
  ];
}

/**
 * The inline policies of the deploy role in the management account. No cell has targets or fronts there, but it may own
 * the state bucket.
 */
export function managementRolePolicies(fleet: Fleet, scope: RoleScope): readonly NamedPolicy[] {
  const { stateBucket } = fleet;
  return [
    ...managementPolicies(fleet, scope),
    ...(keepsState(fleet) ? [statePolicy(scope, fleet.stateBucket)] : []),
    ...(stateBucket?.account.id === scope.account ? stateOwner(scope, stateBucket) : []),
    ownLimitsPolicy(scope, { buildRoles: buildRoles(fleet) }),
  ];
}

/** Names, with wildcards, of the roles of the pipeline's builds and of other CI systems. */
function buildRoles({ ci, name: fleet, pipeline }: Fleet): readonly string[] {
  return [...(pipeline ? [pipelineNames({ fleet })] : []), ...(ci ? [githubRoleName(fleet)] : [])];
}

function stateOwner(scope: RoleScope, state: StateBucket): readonly NamedPolicy[] {
  return [stateOwnerPolicy(scope, state), ...(state.replica ? [replicationRolePolicy(scope)] : [])];
}

/** Whether deploy roles read and write the state themselves, in the bucket that Meridian makes. */
export function keepsState(
  fleet: Fleet,
): fleet is Fleet & { readonly stateBucket: NonNullable<Fleet["stateBucket"]> } {
  const { state, stateBucket } = fleet;
  return stateBucket !== undefined && !(state.backend === "s3" && state.role !== undefined);
}
