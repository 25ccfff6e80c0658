import type { Account } from "../../fleet/account";
import { globalRegion } from "../../fleet/geography/regions";
import { type Call, callsOn } from "./model";

/** Calls that put something into a role, which are held against the boundary that it has. */
export const boundCalls = ["CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy"];

/** Of `aws_iam_role` and `aws_iam_role_policy`, besides. */
export const roleCrud = [
  "DeleteRole",
  "DeleteRolePolicy",
  "GetRole",
  "GetRolePolicy",
  "ListAttachedRolePolicies",
  "ListInstanceProfilesForRole",
  "ListRolePolicies",
  "TagRole",
  "UntagRole",
  "UpdateAssumeRolePolicy",
  "UpdateRole",
  "UpdateRoleDescription",
];

/**
 * Calls of `aws_iam_role` and `aws_iam_role_policy`, and of handing the role to a service.
 *
 * @param service that the role is for, such as `lambda.amazonaws.com`
 */
export function roleCalls(account: Account, name: string, service: string): readonly Call[] {
  const on = { region: globalRegion, resource: `arn:aws:iam::${account.id}:role/${name}` };
  const boundary = account.permissionsBoundary;
  const bound = {
    ...on,
    ...(boundary !== undefined && {
      context: { "iam:PermissionsBoundary": `arn:aws:iam::${account.id}:policy/${boundary}` },
    }),
  };
  return [
    ...callsOn("iam", boundary === undefined ? withoutBoundary : boundCalls, bound),
    ...callsOn("iam", roleCrud, on),
    ...callsOn("iam", ["PassRole"], { ...on, context: { "iam:PassedToService": service } }),
  ];
}

const withoutBoundary = boundCalls.filter((operation) => operation !== "PutRolePermissionsBoundary");
