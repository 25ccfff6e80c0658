import type { Pipeline } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import { artifactBucketName, reportsPrefix } from "../../fleet/pipeline";
import type { PolicyDocument, Statement } from "../../fleet/policy-document";
import { pipelineNames } from "../deploy-role/pipeline";

/**
 * The policy of the bucket of the pipeline's artifacts: nobody by anything but TLS, and nobody but the pipeline and its builds
 * puts anything into it. So what was approved is what is deployed, also where others of the account may write to all buckets.
 * Who may read, the account decides: people who approve look at a stage's plan there.
 *
 * What they read is written once, by whoever: a request has the key if it has `If-None-Match`, of which S3 expects `*`, and which
 * it refuses where there is an object. An upload in parts begins with requests that cannot have it, so there is none.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
 */
export function artifactBucketPolicy(fleet: Fleet, pipeline: Pipeline): PolicyDocument {
  const bucket = `arn:aws:s3:::${artifactBucketName(fleet.name, pipeline)}`;
  return {
    Version: "2012-10-17",
    Statement: [
      tlsOnly("s3:*", [bucket, `${bucket}/*`]),
      {
        Sid: "OnlyThePipelineWrites",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: `${bucket}/*`,
        Condition: {
          ArnNotLike: {
            "aws:PrincipalArn": `arn:aws:iam::${pipeline.account.id}:role/${pipelineNames({ fleet: fleet.name })}`,
          },
          Bool: { "aws:PrincipalIsAWSService": "false" },
        },
      },
      {
        Sid: "ReportsAreWrittenOnce",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: `${bucket}/${reportsPrefix}*`,
        Condition: { Null: { "s3:if-none-match": "true" } },
      },
    ],
  };
}

/**
 * The policy of the key of the artifacts: the account decides. The roles of the pipeline and its builds use it through S3, for
 * this bucket alone; see `roles.ts`.
 */
export function artifactKeyPolicy({ account }: Pipeline): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Owner",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account.id}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  };
}

/** The policy of a topic that tells of approvals. The pipeline's role may publish to it, and nobody without TLS. */
export function approvalTopicPolicy(topicArn: string): PolicyDocument {
  return { Version: "2012-10-17", Statement: [tlsOnly("sns:Publish", topicArn)] };
}

/**
 * The policy of the topic that tells of failures, which EventBridge publishes to. AWS's page has no condition, and has said
 * that SNS takes none from EventBridge; so a rule of another account could publish, too, if it knew the topic's ARN.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 */
export function failureTopicPolicy(topicArn: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Failures",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
      },
      tlsOnly("sns:Publish", topicArn),
    ],
  };
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit */
function tlsOnly(action: string, Resource: string | readonly string[]): Statement {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
