import { setTimeout as sleep } from "node:timers/promises";
import type { Message, Queues } from "../../../sandbox/sqs/queues";
import { call, createTestLambda, deploy, frankfurt, json, send, type TestLambda } from "./helpers";

const queueArn = "arn:aws:sqs:eu-central-1:111111111111:jobs";
const path = "/2015-03-31/event-source-mappings";

/** A queue whose messages are handed out once, unless somebody puts them back. */
function fakeQueues() {
  const waiting: Message[] = [];
  const received: number[] = [];
  const removed: string[] = [];
  const queues: Queues = {
    visibilityTimeout: async ({ name }) => (name.startsWith("jobs") ? 30 : undefined),
    async receive({ name }, count) {
      if (name !== "jobs") throw new Error("no such queue");
      const batch = waiting.splice(0, count);
      if (batch.length > 0) received.push(batch.length);
      return batch;
    },
    remove: async (_queue, messages) => void removed.push(...messages.map(({ MessageId }) => MessageId)),
  };
  const send = (...bodies: readonly string[]) => {
    for (const Body of bodies) {
      waiting.push({ MessageId: `id-${Body}`, ReceiptHandle: `handle-${Body}`, Body, MD5OfBody: "" });
    }
  };
  return { queues, received, removed, send, waiting };
}

/** Fails as a whole for `crash`, and names `poison` as failed. */
const worker = `exports.handler = async ({ Records }) => {
  console.log(Records.map(({ body }) => body).join());
  if (Records.some(({ body }) => body === "crash")) throw new Error("no");
  return { batchItemFailures: Records.filter(({ body }) => body === "poison").map(({ messageId }) => ({ itemIdentifier: messageId })) };
}`;

let queues: ReturnType<typeof fakeQueues>;
let test: TestLambda;
beforeEach(async () => {
  queues = fakeQueues();
  test = createTestLambda(undefined, { queues: queues.queues });
  await deploy(test.lambda, frankfurt, worker, { Timeout: 5 });
});
afterEach(() => test.close());

const create = (more: object = {}) =>
  send(test.lambda, frankfurt, "POST", path, {
    FunctionName: "arn:aws:lambda:eu-central-1:111111111111:function:hello:live",
    EventSourceArn: queueArn,
    ...more,
  });
const logged = () => test.lambda.logs({}).map(({ message }) => message);

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue() && tries < 100; tries++) await sleep(50);
  expect(isTrue()).toBe(true);
}

describe("a mapping", () => {
  it("reads back as it was sent, with Lambda's defaults", async () => {
    const { UUID } = await create({
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      Tags: { team: "shop" },
    });
    const mapping = await send(test.lambda, frankfurt, "GET", `${path}/${UUID}`);
    expect(mapping).toEqual({
      UUID,
      EventSourceMappingArn: `arn:aws:lambda:eu-central-1:111111111111:event-source-mapping:${UUID}`,
      EventSourceArn: queueArn,
      FunctionArn: "arn:aws:lambda:eu-central-1:111111111111:function:hello:live",
      ...{ BatchSize: 10, MaximumBatchingWindowInSeconds: 0, State: "Enabled" },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      StateTransitionReason: "USER_INITIATED",
      LastModified: expect.any(Number),
    });
  });

  it("is listed in its own account and region, by its function and by its queue", async () => {
    const { UUID } = await create();
    const list = async (query: string, place = frankfurt) => {
      const { EventSourceMappings } = await send(test.lambda, place, "GET", `${path}?${query}`);
      return (EventSourceMappings as { readonly UUID: string }[]).map((mapping) => mapping.UUID);
    };
    expect(await list("")).toEqual([UUID]);
    expect(await list("FunctionName=hello:live")).toEqual([UUID]);
    expect(await list(`EventSourceArn=${queueArn}`)).toEqual([UUID]);
    expect(await list("FunctionName=hello")).toEqual([]);
    expect(await list("EventSourceArn=arn:aws:sqs:eu-central-1:111111111111:other")).toEqual([]);
    expect(await list("", { ...frankfurt, region: "eu-west-1" })).toEqual([]);
  });

  it("has tags of its own, apart from its function's", async () => {
    const { EventSourceMappingArn } = await create({ Tags: { team: "shop", stage: "test" } });
    const tags = `/2017-03-31/tags/${encodeURIComponent(String(EventSourceMappingArn))}`;
    await send(test.lambda, frankfurt, "POST", tags, { Tags: { team: "pay" } });
    await send(test.lambda, frankfurt, "DELETE", `${tags}?tagKeys=stage`);
    expect(await send(test.lambda, frankfurt, "GET", tags)).toEqual({ Tags: { team: "pay" } });
  });

  it("is changed in what an update says, and gone when it is deleted", async () => {
    const { UUID } = await create({ BatchSize: 5 });
    await send(test.lambda, frankfurt, "PUT", `${path}/${UUID}`, { Enabled: false });
    expect(await send(test.lambda, frankfurt, "GET", `${path}/${UUID}`)).toMatchObject({
      ...{ BatchSize: 5, State: "Disabled" },
    });
    await send(test.lambda, frankfurt, "DELETE", `${path}/${UUID}`);
    await expect(send(test.lambda, frankfurt, "GET", `${path}/${UUID}`)).rejects.toMatchObject({
      status: 404,
    });
  });

  it.each([
    [
      "of a queue that hides messages for less than the function may take",
      { Timeout: 31 },
      {},
      "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds",
    ],
    [
      "of a queue that is not there",
      {},
      { EventSourceArn: `${queueArn.slice(0, -4)}none` },
      "NonExistentQueue",
    ],
    [
      "of a queue in another region",
      {},
      { EventSourceArn: queueArn.replace("central", "west") },
      "not in the function's region",
    ],
    [
      "of a stream",
      {},
      { EventSourceArn: "arn:aws:dynamodb:eu-central-1:111111111111:table/x/stream/1" },
      "only of SQS",
    ],
    ["of large batches without a window", {}, { BatchSize: 11 }, "must be greater than 0"],
    [
      "of batches that are too large",
      {},
      { BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 },
      "not within 1 and 10000",
    ],
    [
      "of a FIFO queue with a window",
      {},
      { EventSourceArn: `${queueArn}.fifo`, MaximumBatchingWindowInSeconds: 1 },
      "not supported for FIFO",
    ],
  ])("%s is refused", async (_, settings, request, message) => {
    await send(test.lambda, frankfurt, "PUT", "/2015-03-31/functions/hello/configuration", settings);
    await expect(create({ FunctionName: "hello", ...request })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(message),
    });
  });

  it("is refused where there is one already", async () => {
    const { UUID } = await create();
    await expect(create()).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining(String(UUID)),
    });
  });
});

describe("messages", () => {
  it("reach the function in batches, and are gone when it has done with them", async () => {
    await create({ BatchSize: 2 });
    queues.send("a", "b", "c");
    await until(() => queues.removed.length === 3);
    expect(logged()).toEqual(["a,b", "c"]);
  });

  it("make a batch that is larger than what SQS hands out at once", async () => {
    await create({ BatchSize: 15, MaximumBatchingWindowInSeconds: 1 });
    queues.send(..."abcdefghijklmno");
    await until(() => queues.removed.length === 15);
    expect(logged()).toEqual(["a,b,c,d,e,f,g,h,i,j,k,l,m,n,o"]);
    expect(queues.received).toEqual([10, 5]);
  });

  it("stay where the function says that they have failed, if the mapping listens", async () => {
    await create({ FunctionResponseTypes: ["ReportBatchItemFailures"] });
    queues.send("a", "poison", "b");
    await until(() => queues.removed.length > 0);
    expect(queues.removed).toEqual(["id-a", "id-b"]);
  });

  it("stay, all of them, where the function fails", async () => {
    await create();
    queues.send("a", "crash");
    await until(() => logged().includes("a,crash"));
    queues.send("b");
    await until(() => queues.removed.length > 0);
    expect(queues.removed).toEqual(["id-b"]);
  });

  it("are not read in a region that is down, nor by a mapping that is off", async () => {
    const { UUID } = await create();
    test.outages.begin("eu-central-1");
    queues.send("a");
    await sleep(1200);
    expect(queues.waiting).toHaveLength(1);
    await send(test.lambda, frankfurt, "PUT", `${path}/${UUID}`, { Enabled: false });
    test.outages.end("eu-central-1");
    await sleep(1200);
    expect(queues.waiting).toHaveLength(1);
    await send(test.lambda, frankfurt, "PUT", `${path}/${UUID}`, { Enabled: true });
    await until(() => queues.removed.length === 1);
  });
});

it("another service calls a function by its alias, and is told what came of it", async () => {
  const arn = "arn:aws:lambda:eu-central-1:111111111111:function:hello:live";
  expect(await test.lambda.run(arn, '{"Records":[]}')).toMatchObject({ kind: "succeeded" });
  await expect(test.lambda.run(arn.replace("hello", "nobody"), "{}")).rejects.toMatchObject({ status: 404 });
  expect(json(await test.lambda.handle(call(frankfurt, "GET", path)))).toEqual({ EventSourceMappings: [] });
});
