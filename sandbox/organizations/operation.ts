import { type AwsCall, AwsError } from "../http";
import { type JsonInput, type Operation, requiredText } from "../json-service";
import type { Organization } from "./model";
import type { OrganizationStore } from "./store";

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
