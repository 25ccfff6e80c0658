import { listOf, PolicyError, type PrincipalElement, type Statement } from "../../fleet/policy-document";
import type { IamPrincipal, Principal, Request } from "./request";

/**
 * How a statement of a resource's policy names the caller, which decides what else has to agree:
 * `account` hands the decision to the caller's account, `role` is bounded by the role's boundary, `direct` (a user, a
 * session, a service, or everyone) is not bounded.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export type Named = "direct" | "role" | "account";

/**
 * How a statement names the caller; undefined where it does not. The strongest way counts.
 *
 * @throws PolicyError for `NotPrincipal`, and for wildcards within a principal
 */
export function namedBy(statement: Statement, request: Request): Named | undefined {
  if (statement.NotPrincipal !== undefined) {
    throw new PolicyError("NotPrincipal is not evaluated: use a condition on aws:PrincipalArn");
  }
  if (statement.Principal === undefined) return undefined;
  const ways = waysOf(statement.Principal, request.principal);
  return (["direct", "role", "account"] as const).find((way) => ways.includes(way));
}

function waysOf(element: PrincipalElement, principal: Principal): readonly (Named | undefined)[] {
  if (element === "*") return ["direct"];
  const everyone = listOf(element.AWS).includes("*") ? (["direct"] as const) : [];
  if ("service" in principal) {
    return [...everyone, listOf(element.Service).includes(principal.service) ? "direct" : undefined];
  }
  return [...everyone, ...listOf(element.AWS).map((name) => wayOf(name, principal))];
}

function wayOf(name: string, { arn, account, session }: IamPrincipal): Named | undefined {
  if (name === "*") return "direct";
  if (name.includes("*") || name.includes("?")) {
    throw new PolicyError(`"${name}": a principal has no wildcards; use a condition on aws:PrincipalArn`);
  }
  if (name === account || /^arn:[^:]+:iam::(\d{12}):root$/.exec(name)?.[1] === account) return "account";
  if (name === arn) return isRole(arn) ? "role" : "direct";
  return session !== undefined && name === sessionArn(arn, session) ? "direct" : undefined;
}

/** Whether an ARN is one of a role. */
function isRole(arn: string): boolean {
  return /^arn:[^:]+:iam::\d{12}:role\//.test(arn);
}

/** The ARN of a role's session, which has the role's name without its path. */
function sessionArn(role: string, session: string): string {
  const [, partition, , , account, resource = ""] = role.split(":");
  return `arn:${partition}:sts::${account}:assumed-role/${resource.split("/").at(-1)}/${session}`;
}

/**
 * Whether a caller stands outside of all service control policies: a service, or a role that is linked to one.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function isBeyondScps(principal: Principal): boolean {
  return "service" in principal || /^arn:[^:]+:iam::\d{12}:role\/aws-service-role\//.test(principal.arn);
}
