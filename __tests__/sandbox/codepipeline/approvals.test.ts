import { codeOf } from "../clients";
import { createAcme } from "./support";

let test: Awaited<ReturnType<typeof createAcme>>;
beforeEach(async () => {
  test = await createAcme();
});
afterEach(() => test.service.close());

it("an approval waits, tells whom AWS would, and lets the execution go on", async () => {
  const id = await test.planned();
  expect(test.lines).toEqual([
    "codepipeline acme: production/Approve waits for an approval; AWS would send a mail to platform@example.com",
  ]);
  const [publish] = test.calls.filter(({ service }) => service === "sns");
  const message = new URLSearchParams(publish?.body.toString()).get("Message");
  expect(JSON.parse(message ?? "")).toMatchObject({
    region: "eu-central-1",
    approval: { pipelineName: "acme", stageName: "production", customData: 'two\n"changes"' },
  });
  expect((await test.stateOf("Approve"))?.status).toBe("InProgress");
  await test.answer("Approved");
  expect(await test.stateOf("Approve")).toMatchObject({
    status: "Succeeded",
    summary: expect.stringContaining("looks good"),
  });
  test.builds.at(-1)?.end();
  await test.settle();
  expect(await test.statusOf(id)).toBe("Succeeded");
});

it("a rejected approval fails the stage, and is asked for again when the stage is retried", async () => {
  const id = await test.planned();
  const { token } = (await test.stateOf("Approve")) ?? {};
  await test.answer("Rejected", "not on a Friday");
  expect(await test.statusOf(id)).toBe("Failed");
  expect(test.builds).toHaveLength(1);
  expect(await codeOf(test.answer("Approved"))).toBe("InvalidApprovalTokenException");
  const retry = { pipelineName: "acme", stageName: "production", pipelineExecutionId: id };
  await test.ask("RetryStageExecution", { ...retry, retryMode: "FAILED_ACTIONS" });
  await test.settle();
  expect(test.builds).toHaveLength(1);
  const again = await test.stateOf("Approve");
  expect([again?.status, again?.token === token]).toEqual(["InProgress", false]);
});

it("an approval expires after seven days, as a failure", async () => {
  jest.useFakeTimers();
  try {
    await test.start();
    await jest.advanceTimersByTimeAsync(10);
    test.builds.at(-1)?.end("SUCCEEDED", { SUMMARY: "none" });
    await jest.advanceTimersByTimeAsync(7 * 86_400_000 - 1000);
    expect((await test.stateOf("Approve"))?.status).toBe("InProgress");
    await jest.advanceTimersByTimeAsync(2000);
    expect((await test.stateOf("Approve"))?.errorDetails?.message).toBe("The approval has expired");
  } finally {
    jest.useRealTimers();
  }
});

it("a variable that has no value fails the action that wants it", async () => {
  const id = await test.start();
  await test.settle();
  test.builds.at(-1)?.end();
  await test.settle();
  expect([await test.statusOf(id), (await test.stateOf("Approve"))?.errorDetails?.message]).toEqual([
    "Failed",
    expect.stringContaining("#{Planned.SUMMARY}"),
  ]);
});

it("a field of a configuration that its variables make too long fails the action", async () => {
  const id = await test.start();
  await test.settle();
  test.builds.at(-1)?.end("SUCCEEDED", { SUMMARY: "x".repeat(1001) });
  await test.settle();
  expect([await test.statusOf(id), (await test.stateOf("Approve"))?.errorDetails?.message]).toEqual([
    "Failed",
    "CustomData has 1001 characters with the values of its variables, and may have 1000",
  ]);
});

it("a stop that waits for an approval is over when somebody has answered", async () => {
  const id = await test.planned();
  await test.ask("StopPipelineExecution", { pipelineName: "acme", pipelineExecutionId: id });
  await test.settle();
  expect([await test.statusOf(id), (await test.stateOf("Approve"))?.status]).toEqual([
    "Stopping",
    "InProgress",
  ]);
  await test.answer("Approved");
  expect([await test.statusOf(id), test.builds.length]).toEqual(["Stopped", 1]);
});
