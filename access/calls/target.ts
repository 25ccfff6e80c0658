import type { Cell, Service, Target } from "../../fleet/model";
import { roleName } from "../../fleet/names";
import { isRouted } from "../../fleet/routes";
import { type Call, callsOn } from "./model";
import { roleCalls } from "./role";

/**
 * Of `aws_lambda_function`. `GetFunction` leaves the tags out unless `lambda:ListTags` is allowed:
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
 */
export const functionCalls = [
  "CreateFunction",
  "DeleteFunction",
  "DeleteFunctionConcurrency",
  "GetFunction",
  "GetFunctionCodeSigningConfig",
  "GetFunctionConfiguration",
  "ListTags",
  "ListVersionsByFunction",
  "PublishVersion",
  "PutFunctionConcurrency",
  "TagResource",
  "UntagResource",
  "UpdateFunctionCode",
  "UpdateFunctionConfiguration",
];

/** Of `aws_lambda_alias`. */
export const aliasCalls = ["CreateAlias", "DeleteAlias", "GetAlias", "UpdateAlias"];

/** Of `aws_lambda_function_url` and `aws_lambda_permission`, which are the alias's. */
export const urlCalls = [
  "DeleteFunctionUrlConfig",
  "GetFunctionUrlConfig",
  "GetPolicy",
  "RemovePermission",
] as const;

/** Those of them that decide who gets in. */
export const openingCalls = ["AddPermission", "CreateFunctionUrlConfig", "UpdateFunctionUrlConfig"] as const;

/**
 * What they say, as far as each says it: CloudFront is let in, and nobody without a signature.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html#awslambda-policy-keys
 */
export const opening = {
  "lambda:FunctionUrlAuthType": "AWS_IAM",
  "lambda:Principal": "cloudfront.amazonaws.com",
} as const;

/**
 * What a verification is, in which a deploy asks a function URL: two permissions of the caller's, for one request.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export const verification = {
  InvokeFunctionUrl: { "lambda:FunctionUrlAuthType": "AWS_IAM" },
  /** Says that the function is not invoked directly. */
  InvokeFunction: { "lambda:InvokedViaFunctionUrl": "true" },
} as const;

/** Of `aws_cloudwatch_log_group`. */
export const logGroupCalls = [
  "CreateLogGroup",
  "DeleteLogGroup",
  "DeleteRetentionPolicy",
  "ListTagsForResource",
  "PutRetentionPolicy",
  "TagResource",
  "UntagResource",
];

/** What Terraform calls for the services of one target, and a deploy that verifies them. */
export function targetCalls(cell: Cell, target: Target): readonly Call[] {
  return cell.services.flatMap((service) => serviceCalls(cell, target, service));
}

function serviceCalls(cell: Cell, { account, region }: Target, service: Service): readonly Call[] {
  const { functionName, layers, name } = service;
  const arn = `arn:aws:lambda:${region}:${account.id}:function:${functionName}`;
  const logGroup = `arn:aws:logs:${region}:${account.id}:log-group:/aws/lambda/${functionName}`;
  const layer = (text: string) => text.replaceAll("{region}", region).replaceAll("{account}", account.id);
  return [
    ...callsOn("lambda", [...functionCalls, ...aliasCalls], { region, resource: arn }),
    // After a deploy, of old versions.
    ...callsOn("lambda", ["DeleteFunction"], { region, resource: `${arn}:1` }),
    // Without a route, of what earlier routes have left.
    ...callsOn("lambda", urlCalls, { region, resource: `${arn}:live` }),
    ...(isRouted(service) ? requestCalls(region, `${arn}:live`) : []),
    // Asked of whoever makes or changes a function with layers, on behalf of the layer's owner.
    ...layers.flatMap((text) => callsOn("lambda", ["GetLayerVersion"], { region, resource: layer(text) })),
    ...roleCalls(account, roleName(cell.fleet, cell.name, name, region), "lambda.amazonaws.com"),
    ...callsOn("logs", logGroupCalls, { region, resource: logGroup }),
    ...callsOn("logs", ["DescribeLogGroups"], { region, resource: "*" }),
  ];
}

/** What lets requests in, and asks what they come to. */
function requestCalls(region: string, resource: string): readonly Call[] {
  return [
    ...callsOn("lambda", openingCalls, { region, resource, context: opening }),
    ...Object.entries(verification).flatMap(([operation, context]) =>
      callsOn("lambda", [operation], { region, resource, context }),
    ),
  ];
}
