import type { AwsCall, ServiceHandler } from "../../../sandbox/http";
import { withQueueAttributes } from "../../../sandbox/sqs/queue-attributes";

/** moto, as far as it matters: it keeps what it knows, and refuses to be asked for the rest. */
function fakeMoto(): ServiceHandler {
  const queues = new Map<string, Record<string, string>>();
  return async ({ body, headers }) => {
    const input = JSON.parse(body.toString());
    const name = input.QueueName ?? input.QueueUrl.split("/").at(-1);
    const action = headers["x-amz-target"]?.split(".")[1];
    const answer = (status: number, content: object) => ({
      ...{ status, headers: {}, body: Buffer.from(JSON.stringify(content)) },
    });
    if (input.Attributes?.RedriveAllowPolicy) return answer(400, { __type: "InvalidAttributeName" });
    if (action === "CreateQueue") queues.set(name, {});
    const queue = queues.get(name);
    if (!queue) return answer(400, { __type: "QueueDoesNotExist" });
    Object.assign(queue, input.Attributes);
    if (action === "DeleteQueue") queues.delete(name);
    if (action !== "GetQueueAttributes") return answer(200, {});
    if (input.AttributeNames.includes("RedriveAllowPolicy"))
      return answer(400, { __type: "InvalidAttributeName" });
    return answer(200, { Attributes: queue });
  };
}

const handle = withQueueAttributes(fakeMoto());

async function ask(action: string, input: object, region = "eu-central-1") {
  const call: AwsCall = {
    ...{ service: "sqs", account: "111111111111", region, method: "POST", host: "127.0.0.1", path: "/" },
    headers: { "x-amz-target": `AmazonSQS.${action}` },
    body: Buffer.from(JSON.stringify(input)),
  };
  const { body, status } = await handle(call);
  return { status, ...JSON.parse(body.toString()) };
}

const QueueUrl = "http://127.0.0.1/111111111111/dead";
const policy = '{"redrivePermission":"denyAll"}';
const read = (...AttributeNames: readonly string[]) =>
  ask("GetQueueAttributes", { QueueUrl, AttributeNames });

beforeAll(async () => {
  await ask("CreateQueue", { QueueName: "dead" });
  await ask("SetQueueAttributes", { QueueUrl, Attributes: { RedriveAllowPolicy: policy } });
});

it("gives back which queues may use a queue for their dead letters", async () => {
  expect(await read("RedriveAllowPolicy")).toEqual({
    status: 200,
    Attributes: { RedriveAllowPolicy: policy },
  });
  expect(await read("All")).toMatchObject({ Attributes: { RedriveAllowPolicy: policy } });
  expect(await read("VisibilityTimeout")).toEqual({ status: 200, Attributes: {} });
});

it("writes where a queue sends its own as SQS does", async () => {
  await ask("SetQueueAttributes", { QueueUrl, Attributes: { RedrivePolicy: '{"maxReceiveCount": 2}' } });
  expect(await read("RedrivePolicy")).toEqual({
    status: 200,
    Attributes: { RedrivePolicy: '{"maxReceiveCount":2}' },
  });
});

it("knows queues of one region from those of another, and forgets one that was deleted", async () => {
  await ask("CreateQueue", { QueueName: "dead" }, "eu-west-1");
  const elsewhere = await ask("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] }, "eu-west-1");
  expect(elsewhere.Attributes.RedriveAllowPolicy).toBeUndefined();
  await ask("DeleteQueue", { QueueUrl });
  expect(await read("RedriveAllowPolicy")).toMatchObject({ status: 400 });
  await ask("CreateQueue", { QueueName: "dead" });
  expect(await read("RedriveAllowPolicy")).toEqual({ status: 200, Attributes: {} });
});
