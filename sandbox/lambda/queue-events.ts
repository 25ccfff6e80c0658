import type { Message, MessageAttribute } from "../sqs/queues";

/** An attribute in an event always has both lists, which SQS has no use for. */
function attributeOf({ BinaryValue, DataType, StringValue }: MessageAttribute) {
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}

/**
 * The event of a batch of messages, in JSON.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 *
 * @param arn the queue's
 */
export function queueEvent(arn: string, messages: readonly Message[]): string {
  return JSON.stringify({
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attributeOf(value)]),
      ),
      md5OfBody: message.MD5OfBody,
      ...(message.MD5OfMessageAttributes !== undefined && {
        md5OfMessageAttributes: message.MD5OfMessageAttributes,
      }),
      eventSource: "aws:sqs",
      eventSourceARN: arn,
      awsRegion: arn.split(":")[3],
    })),
  });
}

/**
 * The messages of a batch that a function has done with, by its answer: all, all but those that it names, or none where
 * its answer names none of the batch, or is in no form that Lambda knows.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 *
 * @param payload the function's answer, in JSON
 * @param reportsFailures whether the mapping reads it at all
 */
export function messagesDone(
  messages: readonly Message[],
  payload: string,
  reportsFailures: boolean,
): readonly Message[] {
  if (!reportsFailures) return messages;
  const failures = failuresIn(payload);
  if (failures === undefined) return [];
  const known = new Set(messages.map(({ MessageId }) => MessageId));
  if (!failures.every((id) => known.has(id))) return [];
  return messages.filter(({ MessageId }) => !failures.includes(MessageId));
}

/** The ids that an answer names; undefined for an answer in another form. */
function failuresIn(payload: string): readonly string[] | undefined {
  const answer: unknown = parse(payload);
  if (answer === null || answer === "") return [];
  if (typeof answer !== "object") return undefined;
  const { batchItemFailures = null } = answer as { readonly batchItemFailures?: unknown };
  if (batchItemFailures === null) return [];
  if (!Array.isArray(batchItemFailures)) return undefined;
  const ids = batchItemFailures.map(
    (failure: { readonly itemIdentifier?: unknown } | null) => failure?.itemIdentifier,
  );
  return ids.every((id) => typeof id === "string" && id !== "") ? (ids as readonly string[]) : undefined;
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload || "null");
  } catch {
    return undefined;
  }
}
