import { createHash, randomUUID } from "node:crypto";
import { AwsError } from "../http";
import type { JsonInput } from "../protocols/json";

/** A permission set as stored. */
export interface PermissionSet {
  readonly arn: string;
  readonly name: string;
  readonly description?: string;
  /** ISO 8601, e.g. `PT4H`. */
  readonly session: string;
  readonly relayState?: string;
  /** In seconds since the epoch. */
  readonly created: number;
  readonly tags: ReadonlyMap<string, string>;
  /** ARNs of AWS's managed policies. */
  readonly managedPolicies: readonly string[];
  readonly inlinePolicy: string;
}

/** Who may use which permission set in which account. */
export interface Assignment {
  readonly TargetId: string;
  readonly PermissionSetArn: string;
  readonly PrincipalType: string;
  readonly PrincipalId: string;
}

/** A group or a user of the identity store, with the members that it was made with. */
export interface Principal {
  readonly id: string;
  readonly attributes: JsonInput;
}

/** A user in a group. */
export interface Membership {
  readonly id: string;
  readonly group: string;
  readonly user: string;
}

/** IAM Identity Center of one account: the instance and its identity store. */
export interface IdentityCenter {
  readonly account: string;
  /** The only region that it answers in. */
  readonly region: string;
  readonly instanceArn: string;
  readonly identityStoreId: string;
  /** By ARN. */
  readonly permissionSets: Map<string, PermissionSet>;
  /** By {@link assignmentKey}. */
  readonly assignments: Map<string, Assignment>;
  /** What the status of a request says, by its id. */
  readonly requests: Map<string, object>;
  readonly groups: Map<string, Principal>;
  readonly users: Map<string, Principal>;
  readonly memberships: Map<string, Membership>;
}

/** One operation on the instance of the account that calls. Throws {@link AwsError} for what AWS would refuse. */
export type SsoOperation = (center: IdentityCenter, input: JsonInput) => object;

/**
 * The instance of an account, in the region that is asked first. On AWS, nothing but a hand in the console can make one,
 * in one region: https://docs.aws.amazon.com/singlesignon/latest/userguide/regions.html. Its ids follow from the account.
 */
export function createInstance(account: string, region: string): IdentityCenter {
  const hex = createHash("sha256").update(`sso ${account}`).digest("hex");
  return {
    account,
    region,
    instanceArn: `arn:aws:sso:::instance/ssoins-${hex.slice(0, 16)}`,
    identityStoreId: `d-${hex.slice(16, 26)}`,
    permissionSets: new Map(),
    assignments: new Map(),
    requests: new Map(),
    groups: new Map(),
    users: new Map(),
    memberships: new Map(),
  };
}

/** The id of something in the identity store: the store's, and a UUID. */
export function principalId({ identityStoreId }: IdentityCenter): string {
  return `${identityStoreId.slice(2)}-${randomUUID()}`;
}

/** What tells one assignment from another. */
export function assignmentKey(one: Assignment): string {
  return [one.TargetId, one.PermissionSetArn, one.PrincipalType, one.PrincipalId].join(" ");
}

/** What both services answer when something of that name is there already, or still in use. */
export function conflict(message: string): AwsError {
  return new AwsError(400, "ConflictException", message);
}

/** What both services answer to a request that does not hold what it has to. */
export function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}

/** What both services answer when there is nothing of that name. */
export function missing(message: string): AwsError {
  return new AwsError(400, "ResourceNotFoundException", message);
}

/** An optional member of a request, as text. */
export function optionalText(input: JsonInput, member: string): string | undefined {
  const value = input[member];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What an operation of UpdateGroup or UpdateUser changes. */
export interface AttributeChange {
  readonly AttributePath: string;
  readonly AttributeValue?: unknown;
}

/** The changes that an update asks for; paths are in lower camel case. */
export function readChanges({ Operations }: JsonInput): readonly AttributeChange[] {
  return Array.isArray(Operations) ? (Operations as readonly AttributeChange[]) : [];
}
