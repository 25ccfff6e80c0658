import { type NamedPolicy, PolicyError, statementsOf } from "../../fleet/policy-document";
import { type Applying, applyingStatements, type StatementRef } from "./evaluate";
import { isBeyondScps, isRole } from "./principals";
import { accountOf, contextValue, type IamPrincipal, type Request } from "./request";

/** The policies that AWS holds against a request. */
export interface Policies {
  /**
   * One list per level, from the root over every unit to the account itself, each with all policies attached there. No
   * level at all: no service control policies, as in the management account, which they never touch.
   */
  readonly scps: readonly (readonly NamedPolicy[])[];
  /** What is attached to the calling role or user. */
  readonly identity: readonly NamedPolicy[];
  /** The permissions boundary of the role or user. @default none */
  readonly boundary?: readonly NamedPolicy[];
  /**
   * The policy of the resource: a bucket's, a key's, a function's, a role's trust. Left out, a resource in the caller's own
   * account is taken for one that has no policy, or asks the caller's account alone.
   */
  readonly resource?: NamedPolicy;
}

/** What AWS decides, and what decided it. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason:
    | "explicit-deny"
    | "not-for-root"
    | "no-scp-allows"
    | "boundary-allows-not"
    | "no-allow"
    | "allowed";
  /** The statement that denied or allowed. */
  readonly statement?: StatementRef;
  /** With `no-scp-allows`: which of the levels, from 0. */
  readonly level?: number;
}

/**
 * "If an administrator attaches a policy to your identity that explicitly denies access to the `sts:GetCallerIdentity`
 * action, you can still perform this operation."
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
function isAlwaysAllowed(action: string): boolean {
  return action.toLowerCase() === "sts:getcalleridentity";
}

/**
 * Decides a request the way AWS does: a deny anywhere, then every level of service control policies, then what the resource
 * and the identity grant, within the boundary. Within an account either of the two grants; across accounts both have to.
 * A key's policy and a role's trust policy always have to. No root user assumes a role. Session policies and resource
 * control policies are not known.
 *
 * Service control policies are passed over for services and for roles linked to services, as AWS does. That the caller is
 * in the management account, nothing in the request shows: give no `scps` then.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * @throws PolicyError for a policy that cannot be evaluated exactly, or does not belong where it was given
 */
export function decide(policies: Policies, request: Request): Decision {
  checkPlaces(policies);
  if (isAlwaysAllowed(request.action)) return allowed();
  const isService = "service" in request.principal;
  const apply = (list: readonly NamedPolicy[]) =>
    list.flatMap((policy) => applyingStatements(policy, request));
  const levels = isBeyondScps(request.principal) ? [] : policies.scps.map(apply);
  const resource = apply(policies.resource === undefined ? [] : [policies.resource]);
  const identity = isService ? [] : apply(policies.identity);
  const boundary = isService || policies.boundary === undefined ? undefined : apply(policies.boundary);

  const deny = [...levels.flat(), ...resource, ...identity, ...(boundary ?? [])].find(denies);
  if (deny) return { allowed: false, reason: "explicit-deny", statement: refOf(deny) };

  if (!isService && isRoot(request.principal) && notForRoot.test(request.action)) {
    return { allowed: false, reason: "not-for-root" };
  }
  const level = levels.findIndex((statements) => !statements.some(allows));
  if (level >= 0) return { allowed: false, reason: "no-scp-allows", level };

  return grant(request, policies, {
    resource: resource.filter(allows),
    identity: identity.find(allows),
    isBounded: boundary !== undefined && !boundary.some(allows),
  });
}

interface Grants {
  readonly resource: readonly Applying[];
  readonly identity: Applying | undefined;
  readonly isBounded: boolean;
}

const allowed = (statement?: Applying): Decision => ({
  allowed: true,
  reason: "allowed",
  ...(statement !== undefined && { statement: refOf(statement) }),
});
const noAllow: Decision = { allowed: false, reason: "no-allow" };
const bounded: Decision = { allowed: false, reason: "boundary-allows-not" };

function grant(request: Request, policies: Policies, { resource, identity, isBounded }: Grants): Decision {
  const { principal } = request;
  const direct = resource.find(({ named }) => named === "direct");
  if ("service" in principal) return direct ? allowed(direct) : noAllow;

  // The root user may do everything in its account, and has no boundary.
  const byIdentity = (): Decision => {
    if (isRoot(principal)) return allowed(identity);
    if (!identity) return noAllow;
    return isBounded ? bounded : allowed(identity);
  };
  const owner = resourceAccount(request) ?? principal.account;
  const asksBoth = owner !== principal.account || (policies.resource !== undefined && isChained(request));
  if (asksBoth) return resource.length > 0 ? byIdentity() : noAllow;

  if (direct) return allowed(direct);
  const toRole = resource.find(({ named }) => named === "role");
  if (toRole) return isBounded ? bounded : allowed(toRole);
  const resourceHasToAllow = policies.resource !== undefined && asksResource.test(request.action);
  return resourceHasToAllow && resource.length === 0 ? noAllow : byIdentity();
}

/**
 * Operations that the policy of the resource has to allow, also within its account: those with a key, and those that make a
 * session of a role, for tags and a source identity of the session, too. "If your policy includes the first statement
 * [sts:AssumeRole] without the second statement [sts:TagSession], the user can't assume the role."
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
 */
const asksResource = /^(kms:|sts:(assumerole|(tagsession|setsourceidentity)$))/i;

/**
 * "When you assume a role with another role, called role chaining, permissions for `sts:SetSourceIdentity` are required in
 * both the permissions policy of the principal who is assuming the role and in the role trust policy of the target role."
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
function isChained({ action, principal }: Request): boolean {
  return /^sts:setsourceidentity$/i.test(action) && "arn" in principal && isRole(principal.arn);
}

/**
 * "You cannot use AWS account root user credentials to call AssumeRole", nor `sts:AssumeRoot`.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 */
const notForRoot = /^sts:assumero(le|ot)$/i;

function isRoot({ arn }: IamPrincipal): boolean {
  return arn.endsWith(":root");
}

function resourceAccount({ context, resource }: Request): string | undefined {
  const account = contextValue(context, "aws:ResourceAccount");
  return typeof account === "string" ? account : accountOf(resource);
}

const denies = ({ effect }: Applying) => effect === "Deny";
const allows = ({ effect }: Applying) => effect === "Allow";

function refOf({ policy, index, sid }: Applying): StatementRef {
  return { policy, index, ...(sid !== undefined && { sid }) };
}

/** A policy with principals is one of a resource, and the other way round: AWS takes no other. */
function checkPlaces({ scps, identity, boundary = [], resource }: Policies): void {
  for (const { name, document } of [...scps.flat(), ...identity, ...boundary]) {
    for (const { Principal, NotPrincipal, Resource, NotResource } of statementsOf(document)) {
      if (Principal !== undefined || NotPrincipal !== undefined) {
        throw new PolicyError(
          `the policy "${name}" names principals, which only the policy of a resource does`,
        );
      }
      if (Resource === undefined && NotResource === undefined) {
        throw new PolicyError(`the policy "${name}" has a statement without Resource and NotResource`);
      }
    }
  }
  for (const { Principal, NotPrincipal } of resource ? statementsOf(resource.document) : []) {
    if (Principal === undefined && NotPrincipal === undefined) {
      throw new PolicyError(
        `the policy "${resource?.name}" of a resource has a statement without a principal`,
      );
    }
  }
}
