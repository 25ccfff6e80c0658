import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Extension } from "../../../stacks/extensions/extension";

export const mailQueue: Extension = {
  name: "mail-queue",
  deploy: [{ actions: ["sqs:*"], resources: ["arn:aws:sqs:*:{account}:{fleet}_*"] }],
  resourceTypes: { aws_sqs_queue: { holdsData: true, what: "messages until they are handled" } },
  target({ name, provider, scope, service }) {
    const queue = new SqsQueue(scope, "queue", { provider, name: name("queue"), sqsManagedSseEnabled: true });
    const hello = service("hello");
    hello.environment.set("MAIL_QUEUE_URL", queue.url);
    hello.allow({ actions: ["sqs:SendMessage"], resources: [queue.arn] });
  },
};
