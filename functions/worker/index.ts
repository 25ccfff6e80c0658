/** The part of an event of SQS that this example reads: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Works on messages one by one, and names those that it could not handle: only they come again. */
export async function handler({ Records }: QueueEvent) {
  const batchItemFailures: { readonly itemIdentifier: string }[] = [];
  for (const { body, messageId } of Records) {
    try {
      work(JSON.parse(body));
    } catch (error) {
      console.error(JSON.stringify({ message: "failed", messageId, error: String(error) }));
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

/** Your own work; a message can come twice, so doing it again must not do harm. */
function work(job: unknown): void {
  console.log(JSON.stringify({ message: "worked", job }));
}
