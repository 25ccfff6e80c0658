import { accountManagementOperations } from "../account-management/account-management";
import { cloudFrontOperations } from "../cloudfront/cloudfront";
import { keyOperations } from "../cloudfront/key-value-store-data";
import { controlTowerOperations } from "../control-tower/control-tower";
import type { AwsCall } from "../http";
import { lambdaOperations } from "../lambda/routes";
import { actionOf } from "../protocols/errors";
import { findOperation, type RestOperation } from "../protocols/rest";
import { route53Operations } from "../route53/route53";
import { schedulerOperations } from "../scheduler/scheduler";
import { s3Actions } from "./s3";

/** The REST APIs, whose calls do not say which operation they are. */
const restOperations: ReadonlyMap<string, readonly RestOperation[]> = new Map(
  Object.entries({
    lambda: lambdaOperations,
    cloudfront: cloudFrontOperations,
    "cloudfront-keyvaluestore": keyOperations,
    route53: route53Operations,
    controltower: controlTowerOperations,
    account: accountManagementOperations,
    scheduler: schedulerOperations,
  }),
);

/** Operations that IAM calls otherwise than the API does. */
const otherNames: Readonly<Record<string, string>> = {
  "lambda:Invoke": "InvokeFunction",
  "cloudfront:CreateDistributionWithTags": "CreateDistribution",
};

/** What IAM asks for where something is made with tags on it, if it is not `TagResource`. */
const taggingActions: Readonly<Record<string, (action: string) => string>> = {
  acm: () => "AddTagsToCertificate",
  ec2: () => "CreateTags",
  iam: (action) => action.replace(/^Create/, "Tag"),
  sqs: () => "TagQueue",
  ssm: () => "AddTagsToResource",
};

/** Budgets have two actions for most operations. */
function budgetAction(action: string): string {
  if (action.endsWith("Resource")) return action;
  return action.startsWith("Describe") ? "ViewBudget" : "ModifyBudget";
}

/** Tags in a request that makes something, however the protocol of the service writes them. */
function makesTagged({ body, path }: AwsCall, action: string): boolean {
  if (!/^(Create|Request|Enable|Put)/.test(action)) return false;
  if (/[?&]WithTags\b/.test(path)) return true;
  const text = body.toString();
  return (
    /"(?:resource)?tags":\s*(?:\[\s*\{|\{\s*")/i.test(text) ||
    /(?:^|&)(?:Tags\.member|TagSpecification)\.1\./.test(text)
  );
}

/** Whether a call hands a role to a service, which takes a permission of its own. */
function passesRole({ service, body }: AwsCall, action: string): boolean {
  switch (`${service}:${action}`) {
    case "lambda:CreateFunction":
      return true;
    // https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-permissions-reference.html
    case "codebuild:CreateProject":
    case "codebuild:UpdateProject":
      return true;
    case "scheduler:CreateSchedule":
    case "scheduler:UpdateSchedule":
      return true;
    case "codepipeline:CreatePipeline":
    case "codepipeline:UpdatePipeline":
      return true;
    case "lambda:UpdateFunctionConfiguration":
      return body.includes('"Role"');
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html: a target that is reached by a role
    case "events:PutTargets":
      return body.includes('"RoleArn"');
    case "s3:PutReplicationConfiguration":
      return true;
    case "cloudformation:CreateStackSet":
    case "cloudformation:UpdateStackSet":
      return body.includes("AdministrationRoleARN=");
    default:
      return false;
  }
}

function operations(call: AwsCall): readonly string[] | undefined {
  const { service } = call;
  if (service === "s3") return s3Actions(call);
  const action = actionOf(call);
  if (service === "budgets") return [budgetAction(action)];
  // What is no name of an action is a method and a path.
  if (!action.includes(" ")) return [action];
  const name = findOperation(restOperations.get(service) ?? [], call)?.operation.name;
  return name === undefined ? undefined : [otherNames[`${service}:${name}`] ?? name];
}

/**
 * What CloudFront asks of a caller whose distribution runs Lambda functions; the asterisk is part of the name:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
 */
function edgeActions({ service, method, body }: AwsCall): readonly string[] {
  const sends = service === "cloudfront" && method !== "GET" && body.includes("<LambdaFunctionARN>");
  return sends ? ["lambda:GetFunction", "lambda:EnableReplication*"] : [];
}

/**
 * What a caller has to be allowed in the other region, too, who makes or deletes a replica of a DynamoDB table there:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2gt_IAM.html
 */
const replicaActions: readonly (readonly [change: RegExp, actions: readonly string[]])[] = [
  [
    /"Create":\s*\{[^{}]*"RegionName"/,
    [
      ...["CreateTable", "CreateTableReplica", "Query", "Scan"],
      ...["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"],
    ],
  ],
  [/"Delete":\s*\{[^{}]*"RegionName"/, ["DeleteTable", "DeleteTableReplica"]],
];

function replicationActions({ service, body }: AwsCall, action: string): readonly string[] {
  if (service !== "dynamodb" || action !== "UpdateTable") return [];
  const text = body.toString();
  return replicaActions.flatMap(([change, actions]) =>
    change.test(text) ? actions.map((name) => `dynamodb:${name}`) : [],
  );
}

/**
 * The actions of IAM that a call takes, e.g. `lambda:CreateFunction`: the operation itself, with it the tags that it
 * puts on what it makes, and the role that it passes on. An operation that is in no table shows as
 * `<service>:<method> <path>`.
 *
 * Source: the tables of https://docs.aws.amazon.com/service-authorization/latest/reference/
 */
export function iamActions(call: AwsCall): readonly string[] {
  const { service, method, path } = call;
  const found = operations(call);
  if (found === undefined) return [`${service}:${method} ${path.split("?")[0]}`];
  const [first = ""] = found;
  // CodeBuild has no operation that tags, and so no action of its own for it.
  const isTagged =
    !["s3", "codebuild"].includes(service) &&
    makesTagged(call, service === "budgets" ? actionOf(call) : first);
  return [
    ...found.map((action) => `${service}:${action}`),
    ...(isTagged ? [`${service}:${taggingActions[service]?.(first) ?? "TagResource"}`] : []),
    ...(passesRole(call, first) ? ["iam:PassRole"] : []),
    ...edgeActions(call),
    ...replicationActions(call, first),
  ];
}
