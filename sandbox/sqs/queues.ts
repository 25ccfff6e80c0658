import type { AwsCall, HttpResponse, ServiceHandler } from "../http";
import { motoCall } from "../moto/proxy";

/** Where a queue is. */
export interface QueueId {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** An attribute that a sender puts on a message; the value that its type wants. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/** A message, as SQS hands it out. */
export interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly MD5OfMessageAttributes?: string;
  /** What SQS knows of it, such as `ApproximateReceiveCount`. */
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>>;
}

/** The queues of every account and region, as Lambda reads them. */
export interface Queues {
  /** Seconds for which a message that was handed out is not handed out again; undefined where there is no such queue. */
  readonly visibilityTimeout: (queue: QueueId) => Promise<number | undefined>;
  /**
   * Up to `count` messages, which are at most ten; at once, and none if none is there.
   *
   * @throws there is no such queue
   */
  readonly receive: (queue: QueueId, count: number) => Promise<readonly Message[]>;
  readonly remove: (queue: QueueId, messages: readonly Message[]) => Promise<void>;
}

/** Reads the ARN of a queue; undefined for any other. */
export function parseQueueArn(arn: string): QueueId | undefined {
  const [, region, account, name] = /^arn:aws:sqs:([a-z0-9-]+):(\d{12}):([\w.-]+)$/.exec(arn) ?? [];
  return region && account && name ? { account, region, name } : undefined;
}

/** The queues that moto keeps. It moves a message to the dead-letter queue itself, when it would be handed out too often. */
export function createQueues(moto: ServiceHandler): Queues {
  const ask = (queue: QueueId, action: string, input: object): Promise<HttpResponse> =>
    moto(callOf(queue, action, input));
  return {
    async visibilityTimeout(queue) {
      const { body, status } = await ask(queue, "GetQueueAttributes", {
        AttributeNames: ["VisibilityTimeout"],
      });
      if (status !== 200) return undefined;
      const { Attributes } = JSON.parse(body.toString()) as { readonly Attributes?: Record<string, string> };
      return Number(Attributes?.VisibilityTimeout);
    },
    async receive(queue, count) {
      const all = ["All"];
      const { body, status } = await ask(queue, "ReceiveMessage", {
        MaxNumberOfMessages: count,
        MessageSystemAttributeNames: all,
        MessageAttributeNames: all,
        WaitTimeSeconds: 0,
      });
      if (status !== 200) throw new Error(`SQS answered ${status} for ${queue.name}: ${body}`);
      const { Messages } = JSON.parse(body.toString()) as { readonly Messages?: readonly Message[] };
      return Messages ?? [];
    },
    async remove(queue, messages) {
      for (const { ReceiptHandle } of messages) await ask(queue, "DeleteMessage", { ReceiptHandle });
    },
  };
}

function callOf({ account, name, region }: QueueId, action: string, input: object): AwsCall {
  return motoCall({
    ...{ service: "sqs", region, account, accessKeyId: account, method: "POST", path: "/" },
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${action}` },
    body: JSON.stringify({ QueueUrl: `http://127.0.0.1/${account}/${name}`, ...input }),
  });
}
