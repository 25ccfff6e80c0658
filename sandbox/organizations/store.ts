import { type AwsCall, AwsError } from "../http";
import { type JsonInput, type Operation, requiredText } from "../protocols/json";
import { type Account, arnOf, letters, type Organization, type Policy } from "./model";

/** The organizations of the sandbox, one at most for each management account. */
export interface OrganizationStore {
  /** The organization that an account manages. */
  readonly managedBy: (account: string) => Organization | undefined;
  /** The organization that an account is in, as the management account or as a member. */
  readonly withMember: (account: string) => Organization | undefined;
  readonly create: (management: string) => Organization;
  readonly remove: (organization: Organization) => void;
  /**
   * An account of the organization.
   *
   * A fleet file names accounts that exist by their id, and a rehearsal could not invite them. So an id that nothing is
   * known of is that of a member, in the root, as soon as it is asked for.
   *
   * @throws {AwsError} `code`, where the id cannot be a member's
   */
  readonly account: (organization: Organization, id: string, code?: string) => Account;
}

/** The policy that AWS attaches to everything. */
const fullAccessId = "p-FullAWSAccess";

const fullAccess: Policy = {
  id: fullAccessId,
  arn: `arn:aws:organizations::aws:policy/service_control_policy/${fullAccessId}`,
  name: "FullAWSAccess",
  description: "Allows access to every operation",
  content: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  }),
  isManagedByAws: true,
};

function memberNamedAfter(organization: Organization, id: string): Account {
  return {
    id,
    arn: arnOf(organization, "account", id),
    name: `account-${id}`,
    email: `aws+${id}@example.com`,
    status: "ACTIVE",
    joined: "INVITED",
    parent: organization.root,
  };
}

/** Puts a new root, unit or account under the policy that allows everything. */
export function allowEverything({ attachments }: Organization, target: string): void {
  attachments.set(target, [fullAccessId]);
}

function newOrganization(management: string): Organization {
  const organization: Organization = {
    id: `o-${letters(`organization ${management}`, 10)}`,
    management,
    root: `r-${letters(`root ${management}`, 4)}`,
    accounts: new Map(),
    units: new Map(),
    policies: new Map([[fullAccessId, fullAccess]]),
    hasServiceControlPolicies: false,
    attachments: new Map(),
    requests: new Map(),
    tags: new Map(),
    trustedServices: new Set(),
    delegations: new Map(),
  };
  allowEverything(organization, organization.root);
  organization.accounts.set(management, memberNamedAfter(organization, management));
  allowEverything(organization, management);
  return organization;
}

/** No organization yet. */
export function createOrganizationStore(): OrganizationStore {
  const organizations = new Map<string, Organization>();
  const withMember = (account: string) =>
    [...organizations.values()].find(({ accounts }) => accounts.has(account));
  return {
    managedBy: (account) => organizations.get(account),
    withMember,
    create(management) {
      const organization = newOrganization(management);
      organizations.set(management, organization);
      return organization;
    },
    remove: ({ management }) => organizations.delete(management),
    account(organization, id, code = "AccountNotFoundException") {
      const known = organization.accounts.get(id);
      if (known) return known;
      if (!/^\d{12}$/.test(id) || withMember(id)) {
        throw new AwsError(400, code, `You specified an account that doesn't exist: ${id}`);
      }
      const account = memberNamedAfter(organization, id);
      organization.accounts.set(id, account);
      allowEverything(organization, id);
      return account;
    },
  };
}

/** An operation on the organization that the caller manages. */
export type OrganizationOperation = (
  input: JsonInput,
  organization: Organization,
  store: OrganizationStore,
) => object;

/**
 * The organization that the caller is in.
 *
 * @throws {AwsError} AWSOrganizationsNotInUseException
 */
export function requireOrganization(store: OrganizationStore, { account }: AwsCall): Organization {
  const organization = store.withMember(account);
  if (organization) return organization;
  throw new AwsError(
    400,
    "AWSOrganizationsNotInUseException",
    "Your account is not a member of an organization.",
  );
}

/** Operations that only the management account may ask for, as those of a JSON service. */
export function forManagement(
  store: OrganizationStore,
  operations: Readonly<Record<string, OrganizationOperation>>,
): Readonly<Record<string, Operation>> {
  const wrap =
    (operation: OrganizationOperation): Operation =>
    (input, call) => {
      const organization = requireOrganization(store, call);
      if (organization.management !== call.account) {
        throw new AwsError(
          400,
          "AccessDeniedException",
          "You don't have permissions to access this resource.",
        );
      }
      return operation(input, organization, store);
    };
  return Object.fromEntries(Object.entries(operations).map(([action, run]) => [action, wrap(run)]));
}

/** A member of a request to Organizations that has to be there. */
export function required(input: JsonInput, member: string): string {
  return requiredText(input, member, "InvalidInputException");
}

/** A refusal because of a limit of Organizations; AWS names it by a reason beside the message. */
export function constraintViolation(reason: string, message: string): AwsError {
  return new AwsError(400, "ConstraintViolationException", `${reason}: ${message}`);
}
