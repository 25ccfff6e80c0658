import { pipelineRoleCalls } from "../../../access/calls/pipeline-builds";
import { pipelineFleet } from "../../support/pipeline-fleet";
import { errorOf } from "../clients";
import { acme, createAcme } from "./support";

let test: Awaited<ReturnType<typeof createAcme>>;
beforeEach(async () => {
  test = await createAcme();
});
afterEach(() => test.service.close());

it("a pipeline runs as soon as it is made, and fails where there is no source yet", async () => {
  const { pipelineExecutionSummaries: list } = await test.ask("ListPipelineExecutions", {
    pipelineName: "acme",
  });
  expect(list).toMatchObject([{ status: "Failed", trigger: { triggerType: "CreatePipeline" } }]);
  expect((await test.stateOf("Source"))?.errorDetails?.message).toBe(
    "There is no source at s3://sources/fleet.zip",
  );
});

it("a source is the newest version of the object, copied to where artifacts are kept, with their key", async () => {
  const id = await test.start();
  await test.settle();
  const copy = test.calls.findLast(({ method }) => method === "PUT");
  expect(copy?.path).toMatch(/^\/artifacts\/acme\/Source\/[A-Za-z0-9]{7}\.zip$/);
  expect(copy?.headers).toMatchObject({
    "x-amz-copy-source": "/sources/fleet.zip?versionId=v1",
    "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-central-1:111111111111:key/1",
  });
  const { pipelineExecution } = await test.ask("GetPipelineExecution", {
    pipelineName: "acme",
    pipelineExecutionId: id,
  });
  expect(pipelineExecution.artifactRevisions).toMatchObject([{ name: "Source", revisionId: "v1" }]);
});

it.each<[string, string | undefined, object, string]>([
  ["without versions", undefined, {}, "Versioning is not enabled for the source bucket sources"],
  [
    "without the version that is wanted",
    "v2",
    {
      sourceRevisions: [{ actionName: "Source", revisionType: "S3_OBJECT_VERSION_ID", revisionValue: "v1" }],
    },
    "There is no source at s3://sources/fleet.zip in version v1",
  ],
])("a bucket %s is no source", async (_, version, more, message) => {
  test.objects.set("/sources/fleet.zip", version);
  await test.start(more);
  await test.settle();
  expect((await test.stateOf("Source"))?.errorDetails?.message).toBe(message);
});

it("a build is given its artifacts, primary source first, and the values of variables", async () => {
  const id = await test.planned();
  await test.answer("Approved");
  const [first, second] = test.builds.map(({ request }) => request);
  const [sourceZip] = first?.sources ?? [];
  expect(first).toMatchObject({
    project: { account: "111111111111", region: "eu-central-1", name: "plan" },
    isBatch: false,
    revision: "v1",
    initiator: "codepipeline/acme",
    environment: [
      { name: "MERIDIAN_EXECUTION", value: id },
      { name: "VERSION", value: "v1" },
    ],
  });
  expect(sourceZip?.key).toMatch(/^acme\/Source\//);
  expect(first?.artifacts).toEqual([
    {
      name: "Plans_production",
      bucket: "artifacts",
      key: expect.stringMatching(/^acme\/Plans_prod\/[A-Za-z0-9]{7}$/),
      kmsKey: "arn:aws:kms:eu-central-1:111111111111:key/1",
    },
  ]);
  const what = { name: "WHAT", value: 'two\n"changes"' };
  expect(second).toMatchObject({ isBatch: true, artifacts: [], environment: [what] });
  expect(second?.sources.map(({ name }) => name)).toEqual(["Source", "Plans_production"]);
  expect(second?.sources[1]?.key).toBe(first?.artifacts[0]?.key);
});

it("a pipeline calls AWS as its role, and nothing but what a fleet's role may", async () => {
  const fleet = pipelineFleet();
  await test.planned();
  await test.answer("Approved");
  test.builds.at(-1)?.end();
  await test.settle();
  const list = test.callLog.list();
  expect(new Set(list.map(({ principal }) => principal))).toEqual(
    new Set(["arn:aws:iam::111111111111:role/acme__pipeline"]),
  );
  const called = list.map(({ action }) => action).toSorted();
  expect(called).toEqual([
    ...["codebuild:BatchGetBuildBatches", "codebuild:BatchGetBuilds"],
    ...["codebuild:StartBuild", "codebuild:StartBuildBatch"],
    ...["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "sns:Publish"],
  ]);
  const known = pipelineRoleCalls(fleet, fleet.pipeline)
    .filter(({ role }) => role.kind === "pipeline")
    .flatMap(({ calls }) => calls.map(({ action }) => action));
  expect(called.filter((action) => !known.includes(action))).toEqual([]);
});

it("a role that does not trust CodePipeline is refused, and by then fails the source", async () => {
  test.trusted.set("acme__pipeline", "codebuild.amazonaws.com");
  const refused =
    "CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::111111111111:role/acme__pipeline";
  for (const [operation, name] of [
    ["CreatePipeline", "other"],
    ["UpdatePipeline", "acme"],
  ] as const)
    expect(await errorOf(test.ask(operation, { pipeline: { ...acme, name } }))).toBe(
      `InvalidStructureException: ${refused}`,
    );
  await test.start();
  await test.settle();
  expect((await test.stateOf("Source"))?.errorDetails?.message).toBe(refused);
  test.trusted.set("acme__pipeline", "codepipeline.amazonaws.com");
  await test.ask("UpdatePipeline", { pipeline: acme });
});

it("a build that failed is told with its status, and is run again in the same execution", async () => {
  const id = await test.planned();
  await test.answer("Approved");
  test.builds.at(-1)?.end("FAILED");
  await test.settle();
  expect((await test.stateOf("Wave_1"))?.errorDetails).toEqual({
    code: "JobFailed",
    message: "Build terminated with state: FAILED. as the test says",
  });
  const retry = { pipelineName: "acme", stageName: "production", pipelineExecutionId: id };
  await test.ask("RetryStageExecution", { ...retry, retryMode: "FAILED_ACTIONS" });
  expect(test.builds.map(({ request }) => request.project.name)).toEqual(["plan", "deploy", "deploy"]);
  test.builds.at(-1)?.end();
  await test.settle();
  expect(await test.statusOf(id)).toBe("Succeeded");
  const { actionExecutionDetails } = await test.ask("ListActionExecutions", {
    pipelineName: "acme",
    filter: { pipelineExecutionId: id },
  });
  const list = actionExecutionDetails as readonly { readonly actionName: string; readonly status: string }[];
  expect(list.map(({ actionName, status }) => `${actionName} ${status}`)).toEqual([
    "Wave_1 Succeeded",
    "Wave_1 Failed",
    "Approve Succeeded",
    "Plan Succeeded",
    "Source Succeeded",
  ]);
  const plan = actionExecutionDetails[3];
  expect(plan.output.outputVariables).toEqual({ SUMMARY: 'two\n"changes"' });
  expect(JSON.parse(plan.input.resolvedConfiguration.EnvironmentVariables)[0].value).toBe(id);
});

it("a second execution waits while one is in the stage, and is shown as inbound", async () => {
  await test.planned();
  const second = await test.start();
  await test.settle();
  const stage = async () => (await test.state())[1];
  expect((await stage())?.inboundExecutions).toMatchObject([{ pipelineExecutionId: second }]);
  await test.answer("Rejected");
  expect((await stage())?.inboundExecutions).toBeUndefined();
  expect((await stage())?.latestExecution).toMatchObject({
    pipelineExecutionId: second,
    status: "InProgress",
  });
});

it("an execution that is abandoned leaves its builds running; what they say later is not heard", async () => {
  const id = await test.start();
  await test.settle();
  await test.ask("StopPipelineExecution", { pipelineName: "acme", pipelineExecutionId: id, abandon: true });
  expect([await test.statusOf(id), test.stopped]).toEqual(["Stopped", []]);
  test.builds.at(-1)?.end();
  await test.settle();
  expect([await test.statusOf(id), (await test.stateOf("Plan"))?.status]).toEqual(["Stopped", "Abandoned"]);
});

it("a wave that was abandoned runs on while the next execution enters, and beside its own retry", async () => {
  const id = await test.planned();
  await test.answer("Approved");
  const second = await test.start();
  const stop = { pipelineName: "acme", pipelineExecutionId: id };
  await test.ask("DisableStageTransition", {
    ...{ pipelineName: "acme", stageName: "production", transitionType: "Inbound", reason: "a retry" },
  });
  await test.ask("StopPipelineExecution", { ...stop, abandon: true });
  await test.ask("RetryStageExecution", {
    ...{ ...stop, stageName: "production", retryMode: "FAILED_ACTIONS" },
  });
  await test.settle();
  const [, first, again] = test.builds;
  expect(test.builds.map(({ request }) => request.project.name)).toEqual(["plan", "deploy", "deploy"]);
  expect([again?.request, test.stopped]).toEqual([first?.request, []]);
  first?.end("FAILED");
  await test.settle();
  expect([await test.statusOf(id), await test.statusOf(second)]).toEqual(["InProgress", "InProgress"]);
  await test.ask("StopPipelineExecution", { ...stop, abandon: true });
  await test.ask("EnableStageTransition", {
    ...{ pipelineName: "acme", stageName: "production", transitionType: "Inbound" },
  });
  await test.settle();
  expect(test.builds.map(({ request }) => request.project.name).at(-1)).toBe("plan");
  expect(test.stopped).toEqual([]);
});

it("a pipeline that is deleted stops the builds that it waits for", async () => {
  await test.start();
  await test.settle();
  await test.ask("DeletePipeline", { name: "acme" });
  expect(test.stopped).toEqual(["plan:1"]);
});

it("a stage is rolled back with the artifacts of the execution that it is taken back to", async () => {
  const first = await test.planned();
  await test.answer("Approved");
  test.builds.at(-1)?.end();
  await test.settle();
  test.objects.set("/sources/fleet.zip", "v2");
  await test.planned();
  await test.answer("Rejected");
  const { pipelineExecutionId: back } = await test.ask("RollbackStage", {
    ...{ pipelineName: "acme", stageName: "production", targetPipelineExecutionId: first },
  });
  await test.settle();
  const request = test.builds.at(-1)?.request;
  expect(request?.sources).toEqual(test.builds[0]?.request.sources);
  expect(request?.environment[0]?.value).toBe(back);
  const { pipelineExecution } = await test.ask("GetPipelineExecution", {
    ...{ pipelineName: "acme", pipelineExecutionId: back },
  });
  expect(pipelineExecution).toMatchObject({
    executionType: "ROLLBACK",
    rollbackMetadata: { rollbackTargetPipelineExecutionId: first },
    artifactRevisions: [{ revisionId: "v1" }],
  });
});

it("an update of the pipeline cancels the execution that is in a stage, once its action is over", async () => {
  const id = await test.start();
  await test.settle();
  await test.ask("UpdatePipeline", { pipeline: acme });
  expect(await test.statusOf(id)).toBe("InProgress");
  test.builds.at(-1)?.end("SUCCEEDED", { SUMMARY: "none" });
  await test.settle();
  expect([await test.statusOf(id), (await test.state())[1]?.latestExecution?.status]).toEqual([
    "Cancelled",
    "Cancelled",
  ]);
});

it("a transition that is disabled lets nobody in", async () => {
  const stage = { pipelineName: "acme", stageName: "production", transitionType: "Inbound" };
  await test.ask("DisableStageTransition", { ...stage, reason: "holidays" });
  await test.start();
  await test.settle();
  expect((await test.state())[1]).toMatchObject({
    inboundTransitionState: { enabled: false, disabledReason: "holidays" },
  });
  expect(test.builds).toHaveLength(0);
  await test.ask("EnableStageTransition", stage);
  expect(test.builds).toHaveLength(1);
});

it("lists are in pages", async () => {
  for (let number = 0; number < 3; number++) await test.start();
  const list = (more: object) =>
    test.ask("ListPipelineExecutions", { pipelineName: "acme", maxResults: 3, ...more });
  const { nextToken, pipelineExecutionSummaries } = await list({});
  expect(pipelineExecutionSummaries).toHaveLength(3);
  const last = await list({ nextToken });
  expect([last.pipelineExecutionSummaries.length, last.nextToken]).toEqual([1, undefined]);
});
