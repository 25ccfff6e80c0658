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
 * @throws PolicyError for `NotPrincipal`, for wildcards within a principal, and for a canonical user or a unique id, of
 *   which a request does not say whether they are the caller
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
  checkKinds(element);
  const everyone = listOf(element.AWS).includes("*") ? (["direct"] as const) : [];
  if ("service" in principal) {
    return [...everyone, listOf(element.Service).includes(principal.service) ? "direct" : undefined];
  }
  if (element.CanonicalUser !== undefined && everyone.length === 0) {
    throw new PolicyError("a canonical user is an account whose number cannot be told: name the account");
  }
  return [...everyone, ...listOf(element.AWS).map((name) => wayOf(name, principal))];
}

const kinds = new Set(["AWS", "Service", "Federated", "CanonicalUser"]);

function checkKinds(element: PrincipalElement): void {
  const unknown = Object.keys(element).find((kind) => !kinds.has(kind));
  if (unknown !== undefined) throw new PolicyError(`there is no kind of principal "${unknown}"`);
}

/**
 * What a principal under `AWS` may be. A unique id such as `AROA…` is none of them: AWS shows one in the place of an
 * identity that is gone, "because AWS can't map it back to a valid ARN", and which one that was cannot be told.
 * https://repost.aws/knowledge-center/iam-resource-policy-format
 */
const principalForm =
  /^(\d{12}|arn:[^:]+:iam::(\d{12}|cloudfront):(root|(user|role)\/.+)|arn:[^:]+:sts::\d{12}:(assumed-role|federated-user)\/.+)$/;

function wayOf(name: string, { arn, account, session }: IamPrincipal): Named | undefined {
  if (name === "*") return "direct";
  if (name.includes("*") || name.includes("?")) {
    throw new PolicyError(`"${name}": a principal has no wildcards; use a condition on aws:PrincipalArn`);
  }
  if (!principalForm.test(name)) {
    throw new PolicyError(
      `"${name}" is no principal: write an account, or the ARN of a role, a user or a session`,
    );
  }
  if (name === account || /^arn:[^:]+:iam::(\d{12}):root$/.exec(name)?.[1] === account) return "account";
  if (name === arn) return isRole(arn) ? "role" : "direct";
  return session !== undefined && name === sessionArn(arn, session) ? "direct" : undefined;
}

/** Whether an ARN is one of a role. */
export function isRole(arn: string): boolean {
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
