import { planRoleName, recordRoleName } from "../../fleet/accounts";
import type { NamedPolicy, PolicyDocument, Statement } from "../../fleet/policy-document";
import { attachedPolicyName, boundaryArn, iamArn, type RoleScope } from "./scope";

/**
 * Names of the policies that are attached to a deploy role, and no part of it: those together hold 10,240 characters, and
 * each of these 6,144. There may be ten. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const attachedPolicies: readonly string[] = ["fronts", "data", "extensions", "pipeline"];

/** Which deploy role {@link ownLimitsPolicy} is for. */
interface Limited {
  /** Whether extensions say what else it may. @default false */
  readonly hasExtensions?: boolean;
  /** Names, with wildcards, of the roles that are made for builds of a pipeline or another CI system. @default none */
  readonly buildRoles?: readonly string[];
}

/**
 * What a deploy role never may: change itself, the policies that are named after it, the boundary, the roles beside it and those
 * of builds, or take the boundary off a role. Whoever can assume it cannot make it stronger, not even where another policy is attached to it one day.
 */
export function ownLimitsPolicy(
  scope: RoleScope,
  { buildRoles = [], hasExtensions = false }: Limited = {},
): NamedPolicy {
  return {
    name: "own-limits",
    document: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "NotItself",
          Effect: "Deny",
          Action: "iam:*",
          Resource: [
            ...[scope.role, planRoleName(scope.role), recordRoleName(scope.role)].map((name) =>
              iamArn(scope, `role/${name}`),
            ),
            // The boundary, and what is attached to it and to the role that plans.
            iamArn(scope, `policy/${attachedPolicyName(scope, "*")}`),
          ],
        },
        ...(buildRoles.length > 0 ? handedOnOnly(scope, buildRoles) : []),
        { Sid: "BoundForGood", Effect: "Deny", Action: "iam:DeleteRolePermissionsBoundary", Resource: "*" },
        ...(hasExtensions ? boundAlways(scope) : []),
      ],
    },
  };
}

/**
 * Roles of builds, and what is attached to them, have names that begin like those of what a deploy role makes. They may be handed to the services that
 * work as them, by whoever is allowed to, and that is all.
 */
function handedOnOnly(scope: RoleScope, buildRoles: readonly string[]): readonly Statement[] {
  const Resource = buildRoles.map((name) => iamArn(scope, `role/${name}`));
  return [
    {
      Sid: "NotTheBuilds",
      Effect: "Deny",
      NotAction: "iam:PassRole",
      Resource: [...Resource, ...buildRoles.map((name) => iamArn(scope, `policy/${name}`))],
    },
    {
      Sid: "BuildsOnly",
      Effect: "Deny",
      Action: "iam:PassRole",
      Resource,
      Condition: {
        StringNotEquals: {
          "iam:PassedToService": ["codebuild", "codepipeline", "events"].map(
            (service) => `${service}.amazonaws.com`,
          ),
        },
      },
    },
  ];
}

/**
 * What Meridian's own policies allow, they allow within the boundary. An extension says itself what it needs, and may leave
 * the condition out, or need users: with this, they are made and changed within the boundary, too, or not at all. Calls that
 * have the key: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
function boundAlways(scope: RoleScope): readonly Statement[] {
  return [
    {
      Sid: "BoundAlways",
      Effect: "Deny",
      Action: ["Role", "User"].flatMap((kind) => [
        ...[`iam:Attach${kind}Policy`, `iam:Create${kind}`],
        ...[`iam:Put${kind}PermissionsBoundary`, `iam:Put${kind}Policy`],
      ]),
      Resource: "*",
      Condition: { StringNotEquals: { "iam:PermissionsBoundary": boundaryArn(scope) } },
    },
    {
      Sid: "UsersBoundForGood",
      Effect: "Deny",
      Action: "iam:DeleteUserPermissionsBoundary",
      Resource: "*",
    },
  ];
}

/**
 * Services that decide who may do what, and to whom accounts belong. Identity Center alone has six, by the names that
 * actions begin with: itself, its directory (the console's and the API's), its sessions, its synchronization and its tokens.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 *
 * CloudFormation is one of them, because it works with the role that a stack has, also for callers that could not pass that
 * role: whoever may change stacks could change the one that made the deploy role.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
 */
const accessServices = [
  ...["account", "cloudformation", "iam", "organizations"],
  ...["identity-sync", "identitystore", "identitystore-auth", "sso", "sso-directory", "sso-oauth"],
];

/**
 * Roles with all rights that AWS makes in an account: for its owners, for Control Tower, and for stack sets. The AWS CDK's
 * are as strong, because one of them hands `AdministratorAccess` to CloudFormation: all begin with `cdk-`, whatever the
 * qualifier. https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
const administrators = [
  "AWSCloudFormationStackSetExecutionRole",
  "AWSControlTowerExecution",
  "OrganizationAccountAccessRole",
  "cdk-*",
  "stacksets-exec-*",
];

/**
 * The most that a role made by a deploy role can get, whatever its own policies say: everything but the services that
 * decide about access, and no way into a deploy role or an administrator's of this or another account, nor into a root user:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 *
 * @param roles names of all roles of the fleet that are assumed from elsewhere: deploy roles, and those beside them
 */
export function boundaryDocument(roles: readonly string[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AllButAccess",
        Effect: "Allow",
        NotAction: [...accessServices.map((service) => `${service}:*`), "sts:AssumeRoot"],
        Resource: "*",
      },
      {
        Sid: "NoDeployRole",
        Effect: "Deny",
        Action: "sts:AssumeRole",
        Resource: [...new Set([...roles, ...administrators])]
          .sort()
          .map((role) => `arn:aws:iam::*:role/${role}`),
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
