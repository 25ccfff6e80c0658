import type { NamedPolicy, PolicyDocument } from "../../policy/document";
import { boundaryArn, iamArn, type RoleScope } from "./scope";

/**
 * What a deploy role never may: change itself or the boundary, or take the boundary off a role. Whoever can assume it
 * cannot make it stronger, not even where another policy is attached to it one day.
 */
export function ownLimitsPolicy(scope: RoleScope): NamedPolicy {
  return {
    name: "own-limits",
    document: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "NotItself",
          Effect: "Deny",
          Action: "iam:*",
          Resource: [iamArn(scope, `role/${scope.role}`), boundaryArn(scope)],
        },
        { Sid: "BoundForGood", Effect: "Deny", Action: "iam:DeleteRolePermissionsBoundary", Resource: "*" },
      ],
    },
  };
}

/** Services that decide who may do what, and to whom accounts belong. */
const accessServices = ["account", "iam", "identitystore", "organizations", "sso"];

/**
 * The most that a role made by a deploy role can get, whatever its own policies say: everything but the services that
 * decide about access, and no way into a deploy role of this or another account.
 *
 * @param role name of the deploy roles, the same in all accounts
 */
export function boundaryDocument({ role }: Pick<RoleScope, "role">): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AllButAccess",
        Effect: "Allow",
        NotAction: accessServices.map((service) => `${service}:*`),
        Resource: "*",
      },
      {
        Sid: "NoDeployRole",
        Effect: "Deny",
        Action: "sts:AssumeRole",
        Resource: `arn:aws:iam::*:role/${role}`,
      },
    ],
  };
}

/** Who may become a deploy role: identities of the trusted accounts that those accounts let. */
export function trustDocument(trusted: readonly string[], externalId: string | undefined): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Delivery",
        Effect: "Allow",
        Principal: { AWS: trusted.map((id) => `arn:aws:iam::${id}:root`) },
        Action: "sts:AssumeRole",
        ...(externalId !== undefined && { Condition: { StringEquals: { "sts:ExternalId": externalId } } }),
      },
    ],
  };
}
