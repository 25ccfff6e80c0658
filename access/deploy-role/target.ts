import type { NamedPolicy, Statement } from "../../fleet/policy-document";
import { boundCalls, roleCrud } from "../calls/role";
import {
  aliasCalls,
  functionCalls,
  logGroupCalls,
  opening,
  openingCalls,
  urlCalls,
  verification,
} from "../calls/target";
import { allow, allowOn, boundaryArn, iamArn, namesOf, type RoleScope } from "./scope";

/** What making and keeping roles takes: whoever makes one, or changes what it may do, does so within the boundary. */
export function roleStatements(scope: RoleScope, roles: string): readonly Statement[] {
  return [
    allow("BoundRoles", "iam", boundCalls, roles, {
      StringEquals: { "iam:PermissionsBoundary": boundaryArn(scope) },
    }),
    allow("Roles", "iam", roleCrud, roles),
  ];
}

/**
 * What target stacks need: functions, their roles and log groups, in any region; which regions there are is the guardrail's
 * business. Roles are only handed to Lambda, and functions only asked by their URLs.
 */
export function targetPolicy(scope: RoleScope): NamedPolicy {
  const { account } = scope;
  const names = namesOf(scope);
  const roles = iamArn(scope, `role/${names}`);
  const functions = `arn:aws:lambda:*:${account}:function:${names}`;
  return {
    name: "targets",
    document: {
      Version: "2012-10-17",
      Statement: [
        allow("Functions", "lambda", [...functionCalls, ...aliasCalls, ...urlCalls], functions),
        // No function is opened to anybody but CloudFront, which signs what it asks. Each call says one of the two, and a
        // change that does not leaves it as it is.
        allow("Openings", "lambda", openingCalls, functions, { StringEqualsIfExists: opening }),
        // Always, though not every stage verifies: whoever may change the code of a function can do no more by asking it, and
        // a stage that begins to verify needs no new role in each account first.
        allow("Verified", "lambda", ["InvokeFunctionUrl"], functions, {
          StringEquals: verification.InvokeFunctionUrl,
        }),
        allow("VerifiedByUrl", "lambda", ["InvokeFunction"], functions, {
          Bool: verification.InvokeFunction,
        }),
        // Layers have other owners, who say who may use them. The list of log groups takes no resource:
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
        allowOn("Others", { lambda: ["GetLayerVersion"], logs: ["DescribeLogGroups"] }, "*"),
        ...roleStatements(scope, roles),
        allow("RolesOfFunctions", "iam", ["PassRole"], roles, {
          StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" },
        }),
        allow("Logs", "logs", logGroupCalls, `arn:aws:logs:*:${account}:log-group:/aws/lambda/${names}`),
      ],
    },
  };
}
