import {
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Pipeline } from "../../fleet/foundation/model";
import type { computeTypes } from "../../fleet/limits";
import type { Fleet } from "../../fleet/model";
import { approvalTopicName, failureTopicName, pipelineStages } from "../../fleet/pipeline";
import type { AccountAsker } from "../aws/account-asker";
import { allPages, unlessMissing } from "../aws/answers";
import { isRefusal } from "../aws/errors";
import { GetConnectionCommand, ListSubscriptionsByTopicCommand, PlainClient } from "../aws/plain-client";
import { type AccountScope, type Answer, amount, type Check } from "./model";
import { type Quota, quotaActions, quotaOf, raiseQuota } from "./quotas";

/** What a pipeline stands on that its stack does not make, and who does not hear of its approvals yet. */
export function pipelineChecks({ fleet, stacks }: AccountScope): readonly Check[] {
  const { pipeline } = fleet;
  if (!pipeline || !stacks.some(({ kind }) => kind === "pipeline")) return [];
  const { region, source } = pipeline;
  return [
    ...("connection" in source
      ? [connectionCheck(source.connection, region)]
      : [versionsCheck(source.bucket, region), eventsCheck(source.bucket, region)]),
    buildsCheck(fleet, pipeline),
    ...subscriptionsCheck(fleet, pipeline),
  ];
}

/** A connection waits for a person in AWS's console: https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html */
function connectionCheck(arn: string, region: string): Check {
  const command = new GetConnectionCommand({ ConnectionArn: arn });
  return {
    subject: "connection to the sources",
    region,
    asks: [`${command.service}:GetConnection`],
    ask: async (asker) => {
      const answer = asker.call(`asking ${command.service} in ${region}`, (limit) =>
        asker.client(PlainClient, region).send(command, limit),
      );
      const connection = (await unlessMissing(answer, "ResourceNotFoundException"))?.Connection;
      const status = connection?.ConnectionStatus;
      return {
        status: status === "AVAILABLE" ? "fine" : "fails",
        needed: `${arn} is AVAILABLE`,
        found: status === undefined ? "there is none that this account may use" : `it is ${status}`,
        raise:
          status === undefined
            ? "make it in the console of CodePipeline (Settings, Connections), or share it with this account"
            : 'choose "Update pending connection" in the console of CodePipeline (Settings, Connections)',
      };
    },
  };
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html */
function versionsCheck(bucket: string, region: string): Check {
  return sourceCheck("versions of the bucket with the sources", "s3:GetBucketVersioning", region, {
    needed: "each archive of the sources is a version",
    ask: async (asker, limit) => {
      const command = new GetBucketVersioningCommand({ Bucket: bucket });
      const { Status = "off" } = await asker.client(S3Client, region).send(command, limit);
      return Status === "Enabled" ? undefined : `versioning is ${Status}`;
    },
    found: "it is",
    raise: `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
  });
}

/** Without them nothing starts the pipeline: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html */
function eventsCheck(bucket: string, region: string): Check {
  return sourceCheck("events of the bucket with the sources", "s3:GetBucketNotification", region, {
    needed: "S3 tells EventBridge of a new archive",
    ask: async (asker, limit) => {
      const command = new GetBucketNotificationConfigurationCommand({ Bucket: bucket });
      const { EventBridgeConfiguration } = await asker.client(S3Client, region).send(command, limit);
      return EventBridgeConfiguration ? undefined : "it does not, so nothing would start the pipeline";
    },
    found: "it does",
    raise: `aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration '{"EventBridgeConfiguration": {}}', with the notifications that the bucket has already`,
  });
}

interface SourceQuestion extends Pick<Answer, "found" | "needed" | "raise"> {
  /** Returns what is wrong. */
  readonly ask: (
    asker: AccountAsker,
    limit: { readonly abortSignal: AbortSignal },
  ) => Promise<string | undefined>;
}

function sourceCheck(
  subject: string,
  action: string,
  region: string,
  { ask, found, needed, raise }: SourceQuestion,
): Check {
  return {
    ...{ subject, region, asks: [action] },
    ask: async (asker) => {
      const call = asker.call(`asking S3 in ${region}`, (limit) => ask(asker, limit));
      const wrong = await call.catch(unreachable);
      return { status: wrong === undefined ? "fine" : "fails", needed, found: wrong ?? found, raise };
    },
  };
}

function unreachable(error: unknown): string {
  if (isRefusal(error, "NoSuchBucket")) return "there is no such bucket";
  if (isRefusal(error, "PermanentRedirect")) return "the bucket is in another region than the pipeline";
  throw error;
}

/**
 * Builds at once, as Service Quotas lists them: "Concurrently running builds for Linux/Small environment" and so on. New
 * accounts may have 1, or none: https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
 */
const buildQuotas: Readonly<Record<(typeof computeTypes)[number], string>> = {
  BUILD_GENERAL1_SMALL: "L-9D07B6EF",
  BUILD_GENERAL1_MEDIUM: "L-2DC20C30",
  BUILD_GENERAL1_LARGE: "L-4DDC4A99",
  BUILD_GENERAL1_XLARGE: "L-04E5CA62",
  BUILD_GENERAL1_2XLARGE: "L-0397D009",
};

/** Builds that may wait, for each that may run. https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html */
const queuedPerBuild = 5;

function buildsCheck(fleet: Fleet, pipeline: Pipeline): Check {
  const { computeType, region } = pipeline;
  const quota: Quota = { service: "codebuild", code: buildQuotas[computeType], region };
  const actions = pipelineStages(fleet, pipeline).flatMap((stage) => stage.actions);
  const most = Math.max(...actions.map((action) => (action.kind === "deploy" ? action.shards : 1)));
  return {
    subject: "CodeBuild builds at once",
    region,
    asks: quotaActions,
    ask: async (asker) => {
      const limit = await quotaOf(quota, asker);
      const isTooLow = most > limit * (1 + queuedPerBuild);
      const waits = most > limit && !isTooLow ? "; the others wait, and the wave takes longer" : "";
      return {
        status: isTooLow ? "fails" : waits ? "note" : "fine",
        needed: `${amount(most)} of ${computeType}`,
        found: `at most ${amount(limit)}${waits}`,
        raise: raiseQuota(quota, most),
      };
    },
  };
}

/** Whoever has not agreed to it gets no mail: https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html */
function subscriptionsCheck({ name }: Fleet, { account, approvals, region }: Pipeline): readonly Check[] {
  const told = Object.keys(approvals).filter((stage) => (approvals[stage] ?? []).length > 0);
  if (told.length === 0) return [];
  const topics = [failureTopicName(name), ...told.sort().map((stage) => approvalTopicName(name, stage))];
  return [
    {
      subject: "mails of the pipeline",
      region,
      asks: ["sns:ListSubscriptionsByTopic"],
      ask: async (asker) => {
        const arns = topics.map((topic) => `arn:aws:sns:${region}:${account.id}:${topic}`);
        const waiting = (await Promise.all(arns.map((arn) => pendingOf(arn, region, asker)))).flat();
        const people = [...new Set(waiting)].sort();
        return {
          status: people.length > 0 ? "note" : "fine",
          needed: "who is to be told has agreed to it",
          found: people.length > 0 ? `not yet: ${people.join(", ")}` : "nobody has still to agree",
          raise:
            "let each follow the link in AWS's mail, which ends after some days: then delete the subscription in the console of SNS, and deploy the stack pipeline again",
        };
      },
    },
  ];
}

/** Addresses that have not agreed yet; none of a topic that is still to be made. */
async function pendingOf(TopicArn: string, region: string, asker: AccountAsker): Promise<readonly string[]> {
  const client = asker.client(PlainClient, region);
  const all = allPages(async (NextToken) => {
    const command = new ListSubscriptionsByTopicCommand({ TopicArn, NextToken });
    const page = await asker.call(`asking SNS in ${region}`, (limit) => client.send(command, limit));
    return { items: page.Subscriptions, next: page.NextToken };
  });
  const subscriptions = (await unlessMissing(all, "NotFound", "NotFoundException")) ?? [];
  return subscriptions.flatMap(({ Endpoint, SubscriptionArn }) =>
    SubscriptionArn === "PendingConfirmation" && Endpoint !== undefined ? [Endpoint] : [],
  );
}
