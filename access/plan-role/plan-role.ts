import type { Fleet } from "../../fleet/model";
import type { NamedPolicy, Statement } from "../../fleet/policy-document";
import { deployRolePolicies, keepsState, managementRolePolicies } from "../deploy-role/deploy-role";
import { pipelinePolicy } from "../deploy-role/pipeline";
import type { RoleScope } from "../deploy-role/scope";
import { ownStateArns, stateOwnerPolicy, stateReadPolicy } from "../deploy-role/state";
import { dataReads, objectReads, readsOf } from "./reads";

/** Policies of a deploy role that say nothing of what a plan looks at: its state has one of its own here. */
const withoutReads = ["bill", "own-limits", "state"];

/**
 * The policies of the role that plans in an account of the fleet: what the deploy role may look at, and no more. So it reads
 * just what a plan reads, and whoever becomes it can change nothing and sees no data. The same in each account: what only one of
 * them has, a bucket or a pipeline, is named after the account, or lets in no other.
 *
 * Of buckets, that of the pipeline's artifacts among them, it sees the keys: the provider reads a bucket by HeadBucket, which
 * is `s3:ListBucket` to IAM. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
export function planRolePolicies(fleet: Fleet, scope: RoleScope): readonly NamedPolicy[] {
  const { pipeline, stateBucket } = fleet;
  return planPolicies(fleet, scope, [
    ...deployRolePolicies(fleet, scope),
    ...(stateBucket ? [stateOwnerPolicy(scope, stateBucket)] : []),
    ...(pipeline ? [pipelinePolicy(scope, fleet, pipeline)] : []),
  ]);
}

/** The same in the management account. */
export function managementPlanPolicies(fleet: Fleet, scope: RoleScope): readonly NamedPolicy[] {
  return planPolicies(fleet, scope, managementRolePolicies(fleet, scope));
}

/** What extensions say is a policy of its own: it may be as large as IAM allows. */
function planPolicies(
  fleet: Fleet,
  scope: RoleScope,
  deploying: readonly NamedPolicy[],
): readonly NamedPolicy[] {
  const isExtensions = ({ name }: NamedPolicy) => name === "extensions";
  const own = deploying.filter((policy) => !withoutReads.includes(policy.name) && !isExtensions(policy));
  const extensions = readsOf(deploying.filter(isExtensions));
  const policy = (name: string, Statement: readonly Statement[]): NamedPolicy => ({
    name,
    document: { Version: "2012-10-17", Statement },
  });
  return [
    policy("reads", readsOf(own)),
    ...(extensions.length > 0 ? [policy("extensions", extensions)] : []),
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
