import type { Pipeline } from "../fleet/foundation/model";
import type { PolicyDocument } from "../fleet/policy-document";
import { tlsOnly } from "./bucket-access";

/**
 * The policy of the bucket of artifacts. Nobody is let in here: the pipeline's roles are of the same account, and their own
 * policies say who may what.
 */
export function artifactBucketPolicy(bucket: string): PolicyDocument {
  return { Version: "2012-10-17", Statement: [tlsOnly(bucket)] };
}

/** The policy of the key of artifacts: the account decides by the policies of its roles who may use it. */
export function artifactKeyPolicy({ account }: Pick<Pipeline, "account">): PolicyDocument {
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

/**
 * The policy of a topic: by TLS only, and a rule of EventBridge may publish to it, where there is one. The pipeline itself
 * publishes with its own role, which is of the same account.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 *
 * @param rule ARN of the rule
 */
export function topicPolicy(topic: string, rule?: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topic,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      ...(rule === undefined
        ? []
        : [
            {
              Sid: "Rule",
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sns:Publish",
              Resource: topic,
              Condition: { ArnEquals: { "aws:SourceArn": rule } },
            } as const,
          ]),
    ],
  };
}
