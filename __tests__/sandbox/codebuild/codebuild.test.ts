import { iamActions } from "../../../sandbox/calls/actions";
import { errorOf, jsonClient } from "../clients";
import {
  account,
  createTestCodeBuild,
  output,
  projectInput,
  region,
  start,
  type TestCodeBuild,
} from "./support";

let test: TestCodeBuild;
beforeEach(() => {
  test = createTestCodeBuild();
});
afterEach(() => test.close());

const buildspec = "version: 0.2\nenv: { shell: bash }\nphases: { build: { commands: [echo $VALUE] } }";
const arn = `arn:aws:codebuild:${region}:${account}:project/acme`;

describe("a project", () => {
  it("reads back as it was made, by name and by ARN, with AWS's defaults", async () => {
    const { project } = await test.ask(
      "CreateProject",
      projectInput(buildspec, { tags: [{ key: "a", value: "b" }] }),
    );
    expect(project).toMatchObject({
      ...{
        name: "acme",
        arn,
        timeoutInMinutes: 60,
        queuedTimeoutInMinutes: 480,
        tags: [{ key: "a", value: "b" }],
      },
      artifacts: { type: "CODEPIPELINE", name: "acme", packaging: "NONE" },
      encryptionKey: `arn:aws:kms:${region}:${account}:alias/aws/s3`,
      environment: { privilegedMode: false, imagePullCredentialsType: "CODEBUILD" },
      source: { type: "CODEPIPELINE", buildspec },
    });
    const read = await test.ask("BatchGetProjects", { names: ["acme", arn, "other"] });
    expect(read).toEqual({ projects: [project, project], projectsNotFound: ["other"] });
    expect(await test.ask("ListProjects")).toEqual({ projects: ["acme"] });
  });

  it("keeps what an update leaves out, and loses what it empties", async () => {
    await test.ask("CreateProject", projectInput(buildspec, { description: "old", concurrentBuildLimit: 2 }));
    await test.ask("UpdateProject", {
      name: "acme",
      description: "new",
      buildBatchConfig: {},
      concurrentBuildLimit: -1,
    });
    const { projects } = await test.ask("BatchGetProjects", { names: ["acme"] });
    expect(projects[0]).toMatchObject({ description: "new", timeoutInMinutes: 60 });
    expect(projects[0]).not.toHaveProperty("buildBatchConfig");
    expect(projects[0]).not.toHaveProperty("concurrentBuildLimit");
  });

  it("belongs to its account and region, and is gone when it was deleted, twice if need be", async () => {
    await test.ask("CreateProject", projectInput(buildspec));
    const elsewhere = jsonClient(test.codeBuild.handle, "codebuild", account, "us-east-1");
    expect(await elsewhere("BatchGetProjects", { names: ["acme", arn] })).toMatchObject({ projects: [] });
    await test.ask("DeleteProject", { name: arn });
    await test.ask("DeleteProject", { name: arn });
    expect(await test.ask("ListProjects")).toEqual({ projects: [] });
  });

  it.each([
    ["a name that is none", { name: "-acme" }, "Invalid project name '-acme'"],
    [
      "a size that is none",
      { environment: { type: "LINUX_CONTAINER", image: "a", computeType: "HUGE" } },
      "environment.computeType",
    ],
    ["a time limit below five minutes", { timeoutInMinutes: 4 }, "timeoutInMinutes"],
    ["a time limit above 36 hours", { timeoutInMinutes: 2161 }, "timeoutInMinutes"],
    ["a queue of more than eight hours", { queuedTimeoutInMinutes: 481 }, "queuedTimeoutInMinutes"],
    ["no role", { serviceRole: undefined }, "serviceRole"],
    [
      "the role of another account",
      { serviceRole: "arn:aws:iam::111111111111:role/build" },
      "does not match caller's account",
    ],
    [
      "a role that another service has",
      { serviceRole: `arn:aws:iam::${account}:role/lambda` },
      `CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::${account}:role/lambda`,
    ],
    [
      "sources of a pipeline, and artifacts of none",
      { artifacts: { type: "NO_ARTIFACTS" } },
      "artifacts.type",
    ],
    [
      "no sources, and no buildspec",
      { source: { type: "NO_SOURCE" }, artifacts: { type: "NO_ARTIFACTS" } },
      "needs a buildspec",
    ],
  ])("is refused with %s", async (_, more, message) => {
    const error = await errorOf(test.ask("CreateProject", projectInput(buildspec, more)));
    expect(error).toContain("InvalidInputException: ");
    expect(error).toContain(message);
  });

  it("is refused twice, and an update where there is none", async () => {
    await test.ask(
      "CreateProject",
      projectInput(buildspec, { serviceRole: `arn:aws:iam::${account}:role/unknown` }),
    );
    expect(await errorOf(test.ask("CreateProject", projectInput(buildspec)))).toContain(
      "ResourceAlreadyExistsException",
    );
    expect(await errorOf(test.ask("UpdateProject", { name: "other" }))).toContain(
      "ResourceNotFoundException",
    );
  });

  it("takes the right to hand over its role, and none to tag", () => {
    const call = (action: string, body: object) => ({
      ...{ service: "codebuild", account, region, method: "POST", host: "127.0.0.1", path: "/" },
      headers: { "x-amz-target": `CodeBuild_20161006.${action}` },
      body: Buffer.from(JSON.stringify(body)),
    });
    const tags = [{ key: "a", value: "b" }];
    expect(iamActions(call("CreateProject", { tags }))).toEqual(["codebuild:CreateProject", "iam:PassRole"]);
    expect(iamActions(call("UpdateProject", { tags }))).toEqual(["codebuild:UpdateProject", "iam:PassRole"]);
  });
});

describe("builds", () => {
  it("of a project are listed newest first, and counted", async () => {
    await test.ask("CreateProject", projectInput(buildspec));
    const ids = [start(test), start(test)];
    for (const id of ids) await test.codeBuild.builds.ended(id);
    expect(await test.ask("ListBuildsForProject", { projectName: "acme" })).toEqual({
      ids: ids.toReversed(),
    });
    expect(await test.ask("ListBuilds", { sortOrder: "ASCENDING" })).toEqual({ ids });
    const { builds, buildsNotFound } = await test.ask("BatchGetBuilds", { ids: [...ids, "acme:none"] });
    expect(builds.map(({ buildNumber }: { readonly buildNumber: number }) => buildNumber)).toEqual([1, 2]);
    expect(buildsNotFound).toEqual(["acme:none"]);
    const arns = builds.map(({ arn: each }: { readonly arn: string }) => each);
    expect(await test.ask("BatchGetBuilds", { ids: arns })).toEqual({ builds, buildsNotFound: [] });
  });

  it("can be started by hand where the sources are not a pipeline's", async () => {
    const alone = { source: { type: "NO_SOURCE", buildspec }, artifacts: { type: "NO_ARTIFACTS" } };
    await test.ask("CreateProject", projectInput(buildspec, alone));
    const environmentVariablesOverride = [{ name: "VALUE", value: "by hand" }];
    const { build } = await test.ask("StartBuild", { projectName: "acme", environmentVariablesOverride });
    expect(await test.codeBuild.builds.ended(build.id)).toMatchObject({ status: "SUCCEEDED" });
    expect(output(test)).toEqual(["by hand"]);
    await test.ask("CreateProject", projectInput(buildspec, { name: "piped" }));
    expect(await errorOf(test.ask("StartBuild", { projectName: "piped" }))).toContain(
      "which alone can start it",
    );
  });

  it("are refused without a project, and not found when stopped", async () => {
    expect(() => start(test)).toThrow("Project cannot be found: arn:aws:codebuild");
    expect(await errorOf(test.ask("StopBuild", { id: "acme:none" }))).toContain("ResourceNotFoundException");
    expect(await errorOf(test.ask("StopBuildBatch", { id: "acme:none" }))).toContain(
      "ResourceNotFoundException",
    );
    await expect(test.codeBuild.builds.ended("acme:none")).rejects.toThrow("there is no build acme:none");
  });

  it("log to CloudWatch Logs as their role, in the stream that their record names", async () => {
    const logsConfig = { cloudWatchLogs: { status: "ENABLED", groupName: "/builds", streamName: "deploy" } };
    await test.ask("CreateProject", projectInput(buildspec, { logsConfig }));
    const id = start(test, { environment: { VALUE: "a line" } });
    await test.codeBuild.builds.ended(id);
    const { builds } = await test.ask("BatchGetBuilds", { ids: [id] });
    const logStreamName = `deploy/${id.split(":")[1]}`;
    expect(builds[0].logs).toMatchObject({ groupName: "/builds", streamName: logStreamName });
    const sent = test.calls
      .filter(({ service }) => service === "logs")
      .map(({ body, headers }) => ({ action: headers["x-amz-target"], ...JSON.parse(body.toString()) }));
    expect(sent[0]).toEqual({
      action: "Logs_20140328.CreateLogStream",
      logGroupName: "/builds",
      logStreamName,
    });
    const lines = sent.flatMap(({ logEvents = [] }) => logEvents as readonly { readonly message: string }[]);
    expect(lines.map(({ message }) => message)).toContain("a line");
    expect(lines.at(-1)?.message).toMatch(/^\[Container\] .* Phase context status code: {2}Message:/);
    expect(test.calls[0]?.headers.authorization).toContain("ASIABUILD");
  });

  it("log nowhere but to the sandbox where CloudWatch Logs are off", async () => {
    await test.ask(
      "CreateProject",
      projectInput(buildspec, { logsConfig: { cloudWatchLogs: { status: "DISABLED" } } }),
    );
    const id = start(test, { environment: { VALUE: "a line" } });
    await test.codeBuild.builds.ended(id);
    expect(test.calls).toEqual([]);
    expect(test.logs.read({ functions: ["acme"] }).map(({ message }) => message)).toContain("a line");
  });
});
