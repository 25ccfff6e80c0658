import { randomUUID } from "node:crypto";
import { type JsonInput, requiredText } from "../protocols/json";
import { findPermissionSet } from "./permission-sets";
import {
  type Assignment,
  assignmentKey,
  type IdentityCenter,
  invalid,
  missing,
  type PermissionSet,
  type SsoOperation,
} from "./store";

/**
 * A permission set is a role in each account that it is assigned in, and IAM takes ten managed policies in a role
 * unless the account asked for more: the footnote of https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
 */
const managedPoliciesPerRole = 10;

function readAssignment(center: IdentityCenter, input: JsonInput): Assignment {
  const target = requiredText(input, "TargetId");
  const type = requiredText(input, "PrincipalType");
  if (!/^\d{12}$/.test(target) || input.TargetType !== "AWS_ACCOUNT") {
    throw invalid(`The target ${target} is not an AWS_ACCOUNT of 12 digits`);
  }
  if (type !== "GROUP" && type !== "USER") throw invalid(`PrincipalType ${type} is neither GROUP nor USER`);
  return {
    TargetId: target,
    PermissionSetArn: findPermissionSet(center, input).arn,
    PrincipalType: type,
    PrincipalId: requiredText(input, "PrincipalId"),
  };
}

/** Why a role cannot be made of a permission set, if so. */
function provisioningFailure({ managedPolicies }: PermissionSet): string | undefined {
  if (managedPolicies.length <= managedPoliciesPerRole) return undefined;
  return `Received a 400 status error: LimitExceeded. Cannot exceed quota for PoliciesPerRole: ${managedPoliciesPerRole}`;
}

/** Records that a request is done, one way or the other, and gives its status. */
function finish(center: IdentityCenter, request: object, failure?: string): object {
  const status = {
    ...request,
    RequestId: randomUUID(),
    Status: failure === undefined ? "SUCCEEDED" : "FAILED",
    FailureReason: failure,
    CreatedDate: Math.floor(Date.now() / 1000),
  };
  center.requests.set(status.RequestId, status);
  return status;
}

function statusOf(center: IdentityCenter, input: JsonInput, member: string): object {
  const id = requiredText(input, member);
  const status = center.requests.get(id);
  if (status) return status;
  throw missing(`There is no request ${id}`);
}

/** Operations on account assignments. Each is done as soon as it is answered, or has failed. */
export const assignmentOperations: Readonly<Record<string, SsoOperation>> = {
  CreateAccountAssignment(center, input) {
    const assignment = readAssignment(center, input);
    const { PrincipalType, PrincipalId } = assignment;
    const known = PrincipalType === "GROUP" ? center.groups : center.users;
    const failure = known.has(PrincipalId)
      ? provisioningFailure(findPermissionSet(center, input))
      : `Received a 404 status error: ${PrincipalType} ${PrincipalId} not found`;
    // AWS takes an assignment that is there already as done.
    if (failure === undefined) center.assignments.set(assignmentKey(assignment), assignment);
    const request = { ...assignment, TargetType: "AWS_ACCOUNT" };
    return { AccountAssignmentCreationStatus: finish(center, request, failure) };
  },
  DescribeAccountAssignmentCreationStatus: (center, input) => ({
    AccountAssignmentCreationStatus: statusOf(center, input, "AccountAssignmentCreationRequestId"),
  }),
  DeleteAccountAssignment(center, input) {
    const assignment = readAssignment(center, input);
    const isGone = !center.assignments.delete(assignmentKey(assignment));
    const failure = isGone ? "Received a 404 status error: AccountAssignment not found" : undefined;
    const request = { ...assignment, TargetType: "AWS_ACCOUNT" };
    return { AccountAssignmentDeletionStatus: finish(center, request, failure) };
  },
  DescribeAccountAssignmentDeletionStatus: (center, input) => ({
    AccountAssignmentDeletionStatus: statusOf(center, input, "AccountAssignmentDeletionRequestId"),
  }),
  ListAccountAssignments(center, input) {
    const { arn } = findPermissionSet(center, input);
    const account = requiredText(input, "AccountId");
    const found = [...center.assignments.values()].filter(
      (one) => one.PermissionSetArn === arn && one.TargetId === account,
    );
    return {
      AccountAssignments: found.map(({ PrincipalId, PrincipalType }) => ({
        AccountId: account,
        PermissionSetArn: arn,
        PrincipalType,
        PrincipalId,
      })),
    };
  },
  ListAccountsForProvisionedPermissionSet(center, input) {
    const { arn } = findPermissionSet(center, input);
    const found = [...center.assignments.values()].filter((one) => one.PermissionSetArn === arn);
    return { AccountIds: [...new Set(found.map(({ TargetId }) => TargetId))] };
  },
  ProvisionPermissionSet(center, input) {
    const set = findPermissionSet(center, input);
    const isAssigned = [...center.assignments.values()].some((one) => one.PermissionSetArn === set.arn);
    const failure = isAssigned ? provisioningFailure(set) : undefined;
    const request = { PermissionSetArn: set.arn, AccountId: input.TargetId };
    return { PermissionSetProvisioningStatus: finish(center, request, failure) };
  },
  DescribePermissionSetProvisioningStatus: (center, input) => ({
    PermissionSetProvisioningStatus: statusOf(center, input, "ProvisionPermissionSetRequestId"),
  }),
};
