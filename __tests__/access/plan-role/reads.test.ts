import { readActions, readsOf } from "../../../access/plan-role/reads";
import type { PolicyDocument } from "../../../fleet/policy-document";

test.each([
  ["lambda:GetFunction", ["lambda:GetFunction"]],
  ["s3:ListBucket", ["s3:ListBucket"]],
  ["codebuild:BatchGetProjects", ["codebuild:BatchGetProjects"]],
  ["budgets:ViewBudget", ["budgets:ViewBudget"]],
  ["apigateway:GET", ["apigateway:GET"]],
  ["sqs:Get*", ["sqs:Get*"]],
])("%s looks, and stays as it is", (action, expected) => {
  expect(readActions(action)).toEqual(expected);
});

test.each([
  ...[
    "lambda:UpdateFunctionCode",
    "lambda:InvokeFunctionUrl",
    "iam:PassRole",
    "kms:Decrypt",
    "sts:AssumeRole",
  ],
  ...["dynamodb:Query", "dynamodb:Scan", "sqs:ReceiveMessage", "sns:Publish", "codebuild:StartBuild"],
])("%s does more than look", (action) => {
  expect(readActions(action)).toEqual([]);
});

test.each([
  ...["dynamodb:GetItem", "dynamodb:BatchGetItem", "kinesis:GetRecords", "logs:GetLogEvents"],
  ...["s3:GetObject", "s3:GetObjectVersion", "secretsmanager:GetSecretValue", "ecr:GetAuthorizationToken"],
])("%s reads data, whatever it is called", (action) => {
  expect(readActions(action)).toEqual([]);
});

test.each([
  ["sqs:*", ["sqs:Describe*", "sqs:Get*", "sqs:List*"]],
  ["sqs:*Attributes", ["sqs:Describe*Attributes", "sqs:Get*Attributes", "sqs:List*Attributes"]],
  ["sqs:G*Url", ["sqs:Get*Url"]],
  ["sqs:Send*", []],
  ["sqs:?etQueueUrl", []],
  ["*", []],
  ["*:*", []],
])("of %s is left what looks", (action, expected) => {
  expect(readActions(action)).toEqual(expected);
});

test("of a policy only what is allowed is left, with its resources and conditions", () => {
  const Condition = { StringEquals: { "aws:ResourceTag/team": "a" } };
  const document: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Both",
        Effect: "Allow",
        Action: ["sqs:GetQueueUrl", "sqs:CreateQueue"],
        Resource: "arn:1",
        Condition,
      },
      { Sid: "Changes", Effect: "Allow", Action: ["sqs:CreateQueue"], Resource: "*" },
      { Sid: "Denied", Effect: "Deny", Action: ["sqs:GetQueueUrl"], Resource: "*" },
    ],
  };
  expect(readsOf([{ name: "queues", document }])).toEqual([
    { Effect: "Allow", Action: ["sqs:GetQueueUrl"], Resource: ["arn:1"], Condition },
  ]);
});

test("what is looked at in the same way is one statement", () => {
  const of = (Resource: string, Action: readonly string[] = ["s3:GetBucketAcl", "s3:PutBucketAcl"]) =>
    ({
      name: Resource,
      document: { Version: "2012-10-17", Statement: [{ Sid: "Bucket", Effect: "Allow", Action, Resource }] },
    }) as const;
  expect(readsOf([of("arn:b"), of("arn:a"), of("arn:c", ["s3:ListBucket"])])).toEqual([
    { Effect: "Allow", Action: ["s3:GetBucketAcl"], Resource: ["arn:a", "arn:b"] },
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:c"] },
  ]);
});

test("an action is said once, with all that it is for, beside those that are for the same", () => {
  const statement = (Action: readonly string[], Resource: string) =>
    ({ Effect: "Allow", Action, Resource }) as const;
  const document: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [
      statement(["s3:GetBucketAcl", "s3:GetBucketTagging"], "arn:a"),
      statement(["s3:GetBucketAcl", "s3:GetBucketTagging", "s3:ListBucket"], "arn:b"),
      statement(["kms:ListKeys"], "*"),
      statement(["kms:ListKeys"], "arn:c"),
    ],
  };
  expect(readsOf([{ name: "all", document }])).toEqual([
    { Effect: "Allow", Action: ["s3:GetBucketAcl", "s3:GetBucketTagging"], Resource: ["arn:a", "arn:b"] },
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:b"] },
    { Effect: "Allow", Action: ["kms:ListKeys"], Resource: ["*"] },
  ]);
});
