import { messagesDone, queueEvent } from "../../../sandbox/lambda/queue-events";
import type { Message } from "../../../sandbox/sqs/queues";

const message = (MessageId: string, more: Partial<Message> = {}): Message => ({
  ...{ MessageId, ReceiptHandle: `handle of ${MessageId}`, Body: "hi", MD5OfBody: "49f6" },
  ...more,
});
const batch = ["a", "b", "c"].map((id) => message(id));
const arn = "arn:aws:sqs:eu-central-1:111111111111:jobs";

it("is the event that AWS documents", () => {
  const Attributes = { ApproximateReceiveCount: "1", SentTimestamp: "1545082649183" };
  const MessageAttributes = {
    kind: { DataType: "String", StringValue: "order" },
    blob: { DataType: "Binary", BinaryValue: "AAEC" },
  };
  const text = queueEvent(arn, [
    message("a", { Attributes, MessageAttributes, MD5OfMessageAttributes: "77" }),
  ]);
  const lists = { stringListValues: [], binaryListValues: [] };
  expect(JSON.parse(text)).toEqual({
    Records: [
      {
        ...{
          messageId: "a",
          receiptHandle: "handle of a",
          body: "hi",
          md5OfBody: "49f6",
          attributes: Attributes,
        },
        messageAttributes: {
          kind: { stringValue: "order", ...lists, dataType: "String" },
          blob: { binaryValue: "AAEC", ...lists, dataType: "Binary" },
        },
        md5OfMessageAttributes: "77",
        ...{ eventSource: "aws:sqs", eventSourceARN: arn, awsRegion: "eu-central-1" },
      },
    ],
  });
});

describe("of a batch, a function that reports failures has done with", () => {
  it.each([
    ["all, where it names none", '{"batchItemFailures":[]}', "abc"],
    ["all, where its list is null", '{"batchItemFailures":null}', "abc"],
    ["all, where its answer is empty", "{}", "abc"],
    ["all, where its answer is null", "null", "abc"],
    ["all but those that it names", '{"batchItemFailures":[{"itemIdentifier":"b"}]}', "ac"],
    ["nothing, where it names a stranger", '{"batchItemFailures":[{"itemIdentifier":"x"}]}', ""],
    ["nothing, where an id is empty", '{"batchItemFailures":[{"itemIdentifier":""}]}', ""],
    ["nothing, where an id is null", '{"batchItemFailures":[{"itemIdentifier":null}]}', ""],
    ["nothing, where the key is another", '{"batchItemFailures":[{"messageId":"b"}]}', ""],
    ["nothing, where it answers a number", "1", ""],
    ["nothing, where it answers no JSON", "{", ""],
  ])("%s", (_, payload, done) => {
    expect(
      messagesDone(batch, payload, true)
        .map(({ MessageId }) => MessageId)
        .join(""),
    ).toBe(done);
  });
});

it("has done with all, whatever it answers, where it does not report", () => {
  expect(messagesDone(batch, '{"batchItemFailures":[{"itemIdentifier":"b"}]}', false)).toHaveLength(3);
});
