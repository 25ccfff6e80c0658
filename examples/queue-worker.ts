import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Extension } from "../stacks/extensions/extension";

/** Who puts work into the queue: it finds the address in `JOBS_QUEUE_URL`. */
const sender = "hello";

/** Who does the work: a service with `routes: []`, which nothing but the queue calls. */
const worker = "worker";

/** How often a message is tried before it is put aside. AWS advises against less than five. */
const tries = 5;

/** Seconds: the most that SQS keeps anything, 14 days. */
const longest = 14 * 24 * 60 * 60;

/**
 * Work that nobody waits for: a queue in each target, a worker that is called with its messages, and a second queue for
 * those that the worker cannot handle.
 *
 * ```yaml
 * services:
 *   hello: { source: functions/hello/index.ts }
 *   worker: { source: functions/worker/index.ts, routes: [], timeout: 30 }
 * ```
 *
 * - Each target has queues of its own. A message is worked on in the region that it was sent in; while that region is
 *   down, its messages wait there. A drain moves requests, and with them who sends, but no message.
 * - A message may come twice, and not in order. Let the worker do nothing the second time: write to a table with a
 *   condition, for one.
 * - The worker says which messages of a batch have failed (`batchItemFailures`), so that the others are not repeated.
 * - What failed five times is in the queue `…_dead` for 14 days. Look there, or set an alarm on
 *   `ApproximateNumberOfMessagesVisible`; `aws sqs start-message-move-task` sends it all back once the reason is gone.
 * - Costs: Lambda looks into an empty queue all the time, which is some hundred thousand calls of SQS a month for each
 *   target. The first million of an account is free (https://aws.amazon.com/sqs/pricing/).
 */
export const queueWorker: Extension = {
  name: "queue-worker",
  deploy: [
    {
      actions: [
        ...["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:GetQueueAttributes", "sqs:SetQueueAttributes"],
        ...["sqs:ListQueueTags", "sqs:TagQueue", "sqs:UntagQueue"],
      ],
      resources: ["arn:aws:sqs:*:{account}:{fleet}_*"],
    },
    {
      // A mapping has an id of AWS's, so no ARN of it says which fleet it belongs to; and to make one takes "*".
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
      actions: ["lambda:CreateEventSourceMapping"],
      resources: ["*"],
    },
    {
      actions: [
        ...[
          "lambda:GetEventSourceMapping",
          "lambda:UpdateEventSourceMapping",
          "lambda:DeleteEventSourceMapping",
        ],
        ...["lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"],
      ],
      resources: ["arn:aws:lambda:*:{account}:event-source-mapping:*"],
    },
  ],
  resourceTypes: {
    aws_sqs_queue: {
      holdsData: true,
      what: "messages until they are worked on, and up to 14 days where they cannot be",
      source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html",
    },
    aws_lambda_event_source_mapping: { holdsData: false, what: "which function a queue's messages go to" },
  },

  target({ cell, name, provider, scope, service }) {
    const dead = new SqsQueue(scope, "dead", {
      provider,
      name: name("dead"),
      messageRetentionSeconds: longest,
      sqsManagedSseEnabled: true,
    });
    const queue = new SqsQueue(scope, "jobs", {
      provider,
      name: name("jobs"),
      // Six times what the worker may take, as AWS advises; less than that once, and Lambda refuses the queue.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeoutSeconds: 6 * (cell.services.find((each) => each.name === worker)?.timeout ?? 0),
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: tries }),
      sqsManagedSseEnabled: true,
    });

    const from = service(sender);
    from.environment.set("JOBS_QUEUE_URL", queue.url);
    from.allow({ actions: ["sqs:SendMessage"], resources: [queue.arn] });

    const to = service(worker);
    // Lambda reads the queue with the rights of the function.
    to.allow({
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      resources: [queue.arn],
    });
    new LambdaEventSourceMapping(scope, "mapping", {
      provider,
      eventSourceArn: queue.arn,
      functionName: to.alias.arn,
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
  },
};
