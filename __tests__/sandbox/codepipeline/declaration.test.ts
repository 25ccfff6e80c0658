import { codeOf, errorOf } from "../clients";
import { acme, approval, createTestPipelines, plan, source, wave } from "./support";

const { ask } = createTestPipelines();
const create = (pipeline: object, tags: readonly object[] = []) => ask("CreatePipeline", { pipeline, tags });
const stages = (...actions: readonly object[]) => ({
  ...acme,
  stages: [
    { name: "Source", actions: [source] },
    { name: "production", actions },
  ],
});

it("a pipeline is read back as it was sent, with what AWS fills in", async () => {
  await create(acme, [{ key: "team", value: "platform" }]);
  const { metadata, pipeline } = await ask("GetPipeline", { name: "acme" });
  expect(pipeline).toMatchObject({ name: "acme", version: 1, executionMode: "QUEUED", pipelineType: "V2" });
  expect(pipeline.stages[0].actions[0]).toEqual({ ...source, runOrder: 1, inputArtifacts: [] });
  const arn = "arn:aws:codepipeline:eu-central-1:111111111111:acme";
  expect(metadata).toEqual({ pipelineArn: arn, created: expect.any(Number), updated: expect.any(Number) });
  expect(await codeOf(create(acme))).toBe("PipelineNameInUseException");

  await ask("TagResource", { resourceArn: arn, tags: [{ key: "stage", value: "all" }] });
  await ask("UntagResource", { resourceArn: arn, tagKeys: ["team"] });
  expect(await ask("ListTagsForResource", { resourceArn: arn })).toEqual({
    tags: [{ key: "stage", value: "all" }],
  });

  const updated = await ask("UpdatePipeline", { pipeline: { ...acme, executionMode: "SUPERSEDED" } });
  expect(updated.pipeline).toMatchObject({ version: 2, executionMode: "SUPERSEDED" });
  expect((await ask("ListPipelines")).pipelines).toMatchObject([
    { name: "acme", version: 2, pipelineType: "V2" },
  ]);

  await ask("DeletePipeline", { name: "acme" });
  expect(await errorOf(ask("GetPipeline", { name: "acme" }))).toBe(
    "PipelineNotFoundException: Account '111111111111' does not have a pipeline with name 'acme'",
  );
  expect(await ask("DeletePipeline", { name: "acme" })).toEqual({});
});

const build = { ...plan, namespace: undefined };

it.each<[string, object, string]>([
  ["only one stage", { ...acme, stages: acme.stages.slice(0, 1) }, "minimum of 2 stages"],
  [
    "no source first",
    { ...acme, stages: acme.stages.toReversed() },
    "starts? with a stage that only contains source",
  ],
  [
    "a source later",
    stages({ ...source, outputArtifacts: [{ name: "More" }], namespace: "B" }),
    "first stage only",
  ],
  ["a stage twice", { ...acme, stages: [...acme.stages, acme.stages[1]] }, "Stage name production"],
  ["an action twice", stages(build, { ...build, outputArtifacts: [] }), "Action name Plan"],
  ["a stage without actions", stages(), "0 actions"],
  [
    "an artifact before it is made",
    stages({ ...wave, runOrder: 1 }, plan),
    "Plans_production of action Wave_1",
  ],
  [
    "an artifact of an action beside it",
    stages(plan, { ...wave, runOrder: 1 }),
    "Plans_production of action Wave_1",
  ],
  [
    "an artifact twice",
    stages(build, { ...build, name: "Again" }),
    "Plans_production is used more than once",
  ],
  ["a variable before it is known", stages({ ...approval, runOrder: 1 }, plan), "namespace Planned"],
  ["a namespace twice", stages({ ...plan, namespace: "Sources" }), "Namespace Sources"],
  ["a namespace that is an artifact", stages({ ...plan, namespace: "Source" }), "Namespace Source"],
  ["no project", stages({ ...build, configuration: {} }), "missing required configuration 'ProjectName'"],
  [
    "a build without an input",
    stages({ ...build, inputArtifacts: [] }),
    "0 input artifacts; it takes 1 to 5",
  ],
  [
    "no primary source among several",
    stages(build, { ...wave, configuration: { ProjectName: "deploy" } }),
    "has to name its PrimarySource",
  ],
  [
    "a primary source that is no input",
    stages({ ...build, configuration: { ProjectName: "plan", PrimarySource: "Other" } }),
    "none of its input artifacts",
  ],
  [
    "a text for approvers that is too long",
    stages(plan, { ...approval, configuration: { CustomData: "x".repeat(1001) } }),
    "pipeline.stages.1.actions.1.configuration.CustomData",
  ],
  ["a name with a space", { ...acme, name: "the fleet" }, "pipeline.name"],
  ["an order of 0", stages({ ...build, runOrder: 0 }), "runOrder"],
  ["a timeout of a build", stages({ ...build, timeoutInMinutes: 60 }), "only manual approvals"],
  [
    "QUEUED in V1",
    { ...acme, pipelineType: "V1" },
    "QUEUED or PARALLEL mode can only be used with V2 pipelines",
  ],
  ["no artifact store", { ...acme, artifactStore: undefined }, "artifact store"],
  [
    "PARALLEL, which is not modelled",
    { ...acme, executionMode: "PARALLEL" },
    "does not serve pipelines of the mode PARALLEL",
  ],
  [
    "conditions, which are not modelled",
    { ...acme, stages: [acme.stages[0], { ...acme.stages[1], onFailure: { result: "ROLLBACK" } }] },
    "does not serve onFailure",
  ],
  [
    "an action that is not modelled",
    stages({
      ...build,
      actionTypeId: { category: "Invoke", owner: "AWS", provider: "Lambda", version: "1" },
    }),
    "does not serve actions of the type AWS Invoke/Lambda",
  ],
])("a pipeline with %s is refused", async (_, pipeline, message) => {
  expect(await errorOf(create(pipeline))).toMatch(new RegExp(message));
});

it("the source may be a connection, as long as nobody runs it", async () => {
  const connection = {
    ...source,
    actionTypeId: { ...source.actionTypeId, provider: "CodeStarSourceConnection" },
    configuration: {
      ConnectionArn: "arn:aws:codeconnections:x",
      FullRepositoryId: "acme/fleet",
      BranchName: "main",
    },
  };
  const { ask: askOther, settle, state } = createTestPipelines();
  await askOther("CreatePipeline", {
    pipeline: { ...acme, stages: [{ name: "Source", actions: [connection] }, ...acme.stages.slice(1)] },
  });
  await settle();
  const [first] = await state();
  expect(first?.latestExecution?.status).toBe("Failed");
  expect(first?.actionStates[0]?.latestExecution?.errorDetails?.message).toContain("use a bucket");
});
