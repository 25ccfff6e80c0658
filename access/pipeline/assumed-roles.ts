import type { Account } from "../../fleet/account";
import { planRoleName, recordRoleName } from "../../fleet/accounts";
import type { Fleet } from "../../fleet/model";
import { foundationStage } from "../../fleet/pipeline";
import type { Statement } from "../../fleet/policy-document";
import { type FleetStack, fleetStacks, foundationStacks } from "../../fleet/stacks";
import { allow } from "../deploy-role/scope";

/**
 * The roles that plan, wherever the fleet's accounts are: in the organization. They can change nothing, so that all may be
 * meant, and a new account's needs no change here.
 */
export function planRoles(fleet: Fleet): Statement {
  const names = [
    ...(fleet.bootstrap ? [fleet.bootstrap.role.name] : []),
    ...fleetStacks(fleet).map(({ account }) => account.deployRole),
  ];
  const roles = [...new Set(names.map(planRoleName))].sort();
  return allow(
    "PlanRoles",
    "sts",
    ["AssumeRole"],
    roles.map((role) => `arn:aws:iam::*:role/${role}`),
    { StringEquals: sameOrganization },
  );
}

/** Accounts that a build deploys to, and the ids of all others that the fleet knows. */
export interface Reach {
  readonly own: readonly Account[];
  readonly others: readonly string[];
}

/**
 * Of a stage, or of the foundation. The account of the pipeline is of its update's build alone, unless it keeps the state as
 * well: then it is one of the foundation, too.
 */
export function reachOf(fleet: Fleet, of: string): Reach {
  const isOwn = ({ kind, stage }: FleetStack) =>
    (stage ?? foundationStage) === of && kind !== foundationStacks.pipeline;
  const own = fleetStacks(fleet)
    .filter(isOwn)
    .map(({ account }) => account);
  const ids = new Set(own.map(({ id }) => id));
  return { own, others: knownIds(fleet).filter((id) => !ids.has(id)) };
}

/** Ids of all accounts that a fleet knows, whether it has stacks there or not. */
function knownIds(fleet: Fleet): readonly string[] {
  const { bootstrap, ci, organization, pipeline, stateBucket } = fleet;
  return [
    ...fleetStacks(fleet).map(({ account }) => account.id),
    ...[organization?.management, ci?.account, pipeline?.account, stateBucket?.account].map(
      (account) => account?.id,
    ),
    ...(organization?.members ?? []).map(({ id }) => id),
    ...(bootstrap?.role.planners ?? []),
  ].filter((id) => id !== undefined);
}

/** Accounts that are named one by one, though it would be shorter to name all others: a template holds 51,200 bytes. */
const listed = 25;

/**
 * Deploy roles by their name, in accounts by their ids: an ARN for each would take three times the room. Where that are many,
 * and all others are fewer, it is all accounts of the organization but those others: a build of the largest stage becomes the
 * deploy role of no account that the fleet file names for anything else, or for nothing. An account that is in the organization
 * and not in the file is not kept from it, if it has a role of that name which trusts the pipeline's account, as one has that
 * is in a unit of the bootstrap's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 */
export function deployRoles({ others, own }: Reach): readonly Statement[] {
  const names = [...new Set(own.map(({ deployRole }) => deployRole))].sort();
  return names.map((name, index) => {
    const ids = unique(own.filter(({ deployRole }) => deployRole === name).map(({ id }) => id));
    const except = unique(others);
    const isInverse = ids.length > listed && except.length < ids.length;
    return allow(`DeployRoles${index + 1}`, "sts", ["AssumeRole"], `arn:aws:iam::*:role/${name}`, {
      ...(isInverse && { StringNotEquals: { "aws:ResourceAccount": except } }),
      StringEquals: isInverse ? sameOrganization : { "aws:ResourceAccount": ids },
    });
  });
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].sort();
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceorgid */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM is written like that
const sameOrganization = { "aws:ResourceOrgID": "${aws:PrincipalOrgID}" };

/** The role that keeps the records of runs, where the state is in the fleet's own bucket. */
export function records({ stateBucket }: Fleet): readonly Statement[] {
  if (!stateBucket) return [];
  const { deployRole, id } = stateBucket.account;
  return [allow("Records", "sts", ["AssumeRole"], `arn:aws:iam::${id}:role/${recordRoleName(deployRole)}`)];
}
