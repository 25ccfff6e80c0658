import type { Pipeline } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import { artifactBucketName } from "../../fleet/pipeline";
import type { PolicyDocument, Statement } from "../../fleet/policy-document";

/**
 * The policy of the bucket of the pipeline's artifacts. Nobody is let in here: the pipeline's roles are of the same account, and
 * their own policies say who may what.
 */
export function artifactBucketPolicy({ name }: Fleet, pipeline: Pipeline): PolicyDocument {
  const bucket = `arn:aws:s3:::${artifactBucketName(name, pipeline)}`;
  return { Version: "2012-10-17", Statement: [tlsOnly("s3:*", [bucket, `${bucket}/*`])] };
}

/** The policy of the key of the artifacts: the account decides by the policies of its roles who may use it. */
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

/** The policy of a topic that tells of approvals. The pipeline's role, of the same account, publishes to it. */
export function approvalTopicPolicy(topicArn: string): PolicyDocument {
  return { Version: "2012-10-17", Statement: [tlsOnly("sns:Publish", topicArn)] };
}

/**
 * The policy of the topic that tells of failures, which EventBridge publishes to.
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
