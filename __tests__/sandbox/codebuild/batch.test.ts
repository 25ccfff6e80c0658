import { errorOf } from "../clients";
import { createTestCodeBuild, eventually, output, projectInput, start, type TestCodeBuild } from "./support";

let test: TestCodeBuild;
beforeEach(() => {
  test = createTestCodeBuild();
});
afterEach(() => test.close());

const shards = (command: string, more = "") => `version: 0.2
env: { shell: bash }
batch:
  ${more}
  build-matrix:
    dynamic:
      env: { variables: { SHARD: ["1", "2", "3"] } }
phases: { build: { commands: ['${command}'] } }
`;

async function run(buildspec: string, more: object = {}, artifacts: readonly string[] = []) {
  await test.ask("CreateProject", projectInput(buildspec, more));
  const id = start(test, { isBatch: true, artifacts });
  const result = await test.codeBuild.builds.ended(id);
  const { buildBatches } = await test.ask("BatchGetBuildBatches", { ids: [id] });
  const [batch] = buildBatches;
  const groups: readonly Group[] = batch.buildGroups;
  return { id, result, batch, statuses: groups.map((one) => one.currentBuildSummary.buildStatus) };
}

interface Group {
  readonly identifier: string;
  readonly currentBuildSummary: { readonly arn: string; readonly buildStatus: string };
}

describe("a batch", () => {
  it("runs a build for each value of a matrix, side by side", async () => {
    // Each waits until all are there.
    const meet =
      'touch "$TMPDIR/../../$SHARD.here"; until [ -e "$TMPDIR/../../1.here" -a -e "$TMPDIR/../../2.here" -a -e "$TMPDIR/../../3.here" ]; do sleep 0.02; done; echo "$SHARD $CODEBUILD_BATCH_BUILD_IDENTIFIER"';
    const { batch, id, result, statuses } = await run(shards(meet));
    expect(result).toEqual({ status: "SUCCEEDED", exported: {}, why: undefined });
    expect(output(test).toSorted()).toEqual(["1 build0", "2 build1", "3 build2"]);
    expect(statuses).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
    expect(batch).toMatchObject({
      ...{
        id,
        buildBatchStatus: "SUCCEEDED",
        complete: true,
        buildBatchNumber: 1,
        currentPhase: "SUCCEEDED",
      },
      arn: `arn:aws:codebuild:eu-central-1:555555555555:build-batch/${id}`,
    });
    const { ids } = await test.ask("ListBuildsForProject", { projectName: "acme" });
    const { builds } = await test.ask("BatchGetBuilds", { ids });
    expect(builds.map(({ buildBatchArn }: { readonly buildBatchArn: string }) => buildBatchArn)).toEqual([
      batch.arn,
      batch.arn,
      batch.arn,
    ]);
    expect(await test.ask("ListBuildBatchesForProject", { projectName: "acme" })).toEqual({ ids: [id] });
  });

  it("fails where one of its builds does, and lets the others come to their end", async () => {
    const { result, statuses } = await run(shards("test $SHARD != 2 && sleep 0.3"));
    expect(result).toMatchObject({
      status: "FAILED",
      why: expect.stringMatching(
        /^IN_PROGRESS: build1 \(acme:[^)]+\) FAILED: BUILD: Error while .* exit status 1$/,
      ),
    });
    expect(statuses).toEqual(["SUCCEEDED", "FAILED", "SUCCEEDED"]);
  });

  it("stops the others with fast-fail", async () => {
    const { result, statuses } = await run(shards("test $SHARD != 2 && sleep 60", "fast-fail: true"));
    expect(result.status).toBe("FAILED");
    expect(statuses).toEqual(["STOPPED", "FAILED", "STOPPED"]);
  });

  it("has the builds of a list, of which some may fail, and each its own artifacts", async () => {
    const { result, statuses } = await run(
      `version: 0.2
env: { shell: bash }
batch:
  build-list:
    - { identifier: right, env: { variables: { STATUS: 0 } } }
    - { identifier: wrong, ignore-failure: true, env: { variables: { STATUS: 1 } } }
phases: { build: { commands: [echo $STATUS > status.txt, test $STATUS = 0] } }
artifacts: { files: status.txt }
`,
      {},
      ["right", "wrong"],
    );
    expect(result.status).toBe("SUCCEEDED");
    expect(statuses).toEqual(["SUCCEEDED", "FAILED"]);
    expect([...test.objects.keys()].toSorted()).toEqual(["artifacts/right.zip", "artifacts/wrong.zip"]);
  });

  it("stops all of its builds when it is stopped", async () => {
    await test.ask("CreateProject", projectInput(shards("echo ready; sleep 60")));
    const id = start(test, { isBatch: true });
    await eventually(() => output(test).length === 3);
    await test.ask("StopBuildBatch", { id });
    expect(await test.codeBuild.builds.ended(id)).toMatchObject({ status: "STOPPED" });
    const { buildBatches } = await test.ask("BatchGetBuildBatches", { ids: [id] });
    const groups: readonly Group[] = buildBatches[0].buildGroups;
    expect(groups.map((one) => one.currentBuildSummary.buildStatus)).toEqual([
      "STOPPED",
      "STOPPED",
      "STOPPED",
    ]);
  });

  it.each([
    [
      "its buildspec has none",
      "version: 0.2\nenv: { shell: bash }\nphases: {}",
      {},
      "build-list or build-matrix is required",
    ],
    [
      "its version is a text",
      shards("true").replace("0.2", '"0.2"'),
      {},
      "cannot unmarshal !!str `0.2` into float64",
    ],
    [
      "it has more builds than the project allows",
      shards("true"),
      { maximumBuildsAllowed: 2 },
      "3 builds are more than the 2",
    ],
  ])("fails where %s", async (_, buildspec, restrictions, why) => {
    const serviceRole = "arn:aws:iam::555555555555:role/build";
    const { result } = await run(buildspec, { buildBatchConfig: { serviceRole, restrictions } });
    expect(result).toMatchObject({ status: "FAILED", why: expect.stringContaining(why) });
  });

  it("is refused where the project has no role for batches", async () => {
    await test.ask("CreateProject", projectInput(shards("true"), { buildBatchConfig: undefined }));
    expect(() => start(test, { isBatch: true })).toThrow("no buildBatchConfig with a service role");
    expect(await errorOf(test.ask("StopBuildBatch", {}))).toContain("InvalidInputException: id is required");
  });
});
