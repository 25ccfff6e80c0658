import type { ConditionBlock, OneOrMore, Statement } from "../../fleet/policy-document";

/** Which deploy role a policy is for. */
export interface RoleScope {
  /** The fleet's name, which all names of what it makes begin with. */
  readonly fleet: string;
  /** Id of the role's account, or CloudFormation's placeholder for it. */
  readonly account: string;
  readonly role: string;
  /** Name of the policy that bounds the roles that it makes. */
  readonly boundary: string;
}

/** Matches the names of all that a fleet makes, and of no other fleet's: no fleet's name holds a `_`. */
export function namesOf({ fleet }: RoleScope): string {
  return `${fleet}_*`;
}

/** ARN of an IAM resource of the account, such as `role/acme_*`. */
export function iamArn({ account }: RoleScope, resource: string): string {
  return `arn:aws:iam::${account}:${resource}`;
}

/** ARN of the policy that bounds the roles that a deploy role makes. */
export function boundaryArn(scope: RoleScope): string {
  return iamArn(scope, `policy/${scope.boundary}`);
}

/** Name of a policy of the deploy role that is attached to it, and no part of it. */
export function attachedPolicyName({ role }: Pick<RoleScope, "role">, name: string): string {
  return `${role}-${name}`;
}

/** A statement that allows operations of one service. */
export function allow(
  Sid: string,
  service: string,
  operations: readonly string[],
  Resource: OneOrMore<string>,
  Condition?: ConditionBlock,
): Statement {
  return { ...allowOn(Sid, { [service]: operations }, Resource), ...(Condition && { Condition }) };
}

/** A statement that allows operations by service: shorter than one statement each, and IAM counts characters. */
export function allowOn(
  Sid: string,
  operations: Readonly<Record<string, readonly string[]>>,
  Resource: OneOrMore<string>,
): Statement {
  const actions = Object.entries(operations).flatMap(([service, names]) =>
    names.map((name) => `${service}:${name}`),
  );
  return { Sid, Effect: "Allow", Action: [...new Set(actions)].sort(), Resource };
}
