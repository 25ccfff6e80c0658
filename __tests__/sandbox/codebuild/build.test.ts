import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerAdmin } from "../../../sandbox/gateway/admin";
import {
  createTestCodeBuild,
  eventually,
  output,
  projectInput,
  start,
  type TestCodeBuild,
  unpack,
} from "./support";

let test: TestCodeBuild;
beforeEach(() => {
  test = createTestCodeBuild();
});
afterEach(() => test.close());

/** Makes the project, and runs one build of it. */
async function run(buildspec: string, asked: Parameters<typeof start>[1] = {}) {
  await test.ask("CreateProject", projectInput(buildspec));
  const id = start(test, asked);
  const result = await test.codeBuild.builds.ended(id);
  const { builds } = await test.ask("BatchGetBuilds", { ids: [id] });
  const [record] = builds;
  const phases: readonly { phaseType: string; phaseStatus?: string }[] = record.phases;
  return {
    id,
    result,
    record,
    phases: phases.map(({ phaseType, phaseStatus }) => `${phaseType} ${phaseStatus ?? ""}`.trim()),
  };
}

const before = [
  "SUBMITTED SUCCEEDED",
  "QUEUED SUCCEEDED",
  "PROVISIONING SUCCEEDED",
  "DOWNLOAD_SOURCE SUCCEEDED",
];
const after = ["FINALIZING SUCCEEDED", "COMPLETED"];

/** Asks the sandbox's own API, as a build does. */
function asking(uri: string, authorization: string | undefined) {
  const { pathname: path } = new URL(uri);
  const headers = { ...(authorization !== undefined && { authorization }) };
  const request = { method: "GET", host: "127.0.0.1", path, headers, body: Buffer.alloc(0) };
  const options = { codeBuild: test.codeBuild } as Parameters<typeof answerAdmin>[1];
  const { body, status } = answerAdmin(request, options);
  return { status, body: JSON.parse(body.toString()) };
}

describe("a build", () => {
  it("runs its phases in one shell: variables, functions and the folder are those of the command before", async () => {
    const { phases, result } = await run(`version: 0.2
env: { shell: bash, variables: { GREETING: "it's" } }
phases:
  install: { commands: ["export A=1", "B='two words'", "mkdir sub && cd sub", "say() { echo said $1; }"] }
  build:
    commands:
      - |
        echo "$GREETING $A $B"
        basename "$PWD"
      - say it
      - printf 'no end'
  post_build: { commands: [echo "$B"] }
`);
    expect(result).toEqual({ status: "SUCCEEDED", exported: {}, why: undefined });
    // First the second line of what the log says is run.
    const [said, ...written] = output(test);
    expect(said).toBe('basename "$PWD"');
    expect(written).toEqual(["it's 1 two words", "sub", "said it", "no end", "two words"]);
    const middle = ["INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS"];
    expect(phases).toEqual([...before, ...middle.map((name) => `${name} SUCCEEDED`), ...after]);
  });

  it("gives its exported variables, as they are at its end", async () => {
    const { record, result } = await run(`version: 0.2
env: { exported-variables: [SUMMARY, EMPTY, NONE] }
phases:
  build: { commands: ["export SUMMARY=early EMPTY=", "SUMMARY=$(printf 'two\\nlines = 1')"] }
`);
    expect(result.exported).toEqual({ SUMMARY: "two\nlines = 1", EMPTY: "" });
    expect(record.exportedEnvironmentVariables).toContainEqual({ name: "EMPTY", value: "" });
  });

  it("ends where a command fails before BUILD, after what stands in finally", async () => {
    const { phases, result } = await run(`version: 0.2
phases:
  install: { commands: [exit 3, echo never], finally: [echo "succeeding $CODEBUILD_BUILD_SUCCEEDING"] }
  build: { commands: [echo never] }
`);
    const why = "INSTALL: Error while executing command: exit 3. Reason: exit status 3";
    expect(result).toEqual({ status: "FAILED", exported: {}, why });
    expect(output(test)).toEqual(["succeeding 0"]);
    expect(phases).toEqual([...before, "INSTALL FAILED", ...after]);
  });

  it("runs POST_BUILD and uploads after a BUILD that failed, and fails", async () => {
    const { phases, record, result } = await run(
      `version: 0.2
phases:
  build: { commands: [echo kept > report.txt, "false"] }
  post_build: { commands: [echo "succeeding $CODEBUILD_BUILD_SUCCEEDING"] }
artifacts: { files: report.txt }
`,
      { artifacts: ["Report"] },
    );
    expect(result.status).toBe("FAILED");
    expect(output(test)).toEqual(["succeeding 0"]);
    expect(phases.slice(6)).toEqual([
      "BUILD FAILED",
      "POST_BUILD SUCCEEDED",
      "UPLOAD_ARTIFACTS SUCCEEDED",
      ...after,
    ]);
    expect(test.objects.has("artifacts/Report.zip")).toBe(true);
    expect(record).toMatchObject({ buildStatus: "FAILED", buildComplete: true, currentPhase: "COMPLETED" });
    expect(record.phases[6].contexts).toEqual([
      {
        statusCode: "COMMAND_EXECUTION_ERROR",
        message: expect.stringContaining("false. Reason: exit status 1"),
      },
    ]);
  });

  it("goes on or not as on-failure says, and has failed in both cases", async () => {
    const { phases, result } = await run(`version: 0.2
phases:
  install: { on-failure: CONTINUE, commands: ["false"] }
  build: { on-failure: ABORT, commands: [echo built, "false"] }
  post_build: { commands: [echo never] }
`);
    expect(result.status).toBe("FAILED");
    expect(output(test)).toEqual(["built"]);
    expect(phases.slice(4)).toEqual([
      ...["INSTALL FAILED", "PRE_BUILD SUCCEEDED", "BUILD FAILED", "UPLOAD_ARTIFACTS SUCCEEDED"],
      ...after,
    ]);
  });

  it("finds CodeBuild's variables, and of the machine only what it is given", async () => {
    await test.put("artifacts/Assembly.zip", { "main.txt": "" });
    await test.put("artifacts/Plans_a.zip", { "plan.txt": "" });
    const { id, record } = await run(
      `version: 0.2
env: { variables: { FROM: buildspec, PATH_TO: spec } }
phases:
  build:
    commands:
      - env
      - ls "$CODEBUILD_SRC_DIR" "$CODEBUILD_SRC_DIR_Plans_a"
`,
      { sources: ["Assembly", "Plans_a"], environment: { FROM: "start" } },
    );
    const lines = output(test);
    expect(lines).toEqual(
      expect.arrayContaining([
        ...[`CODEBUILD_BUILD_ID=${id}`, `CODEBUILD_BUILD_ARN=${record.arn}`, "CODEBUILD_BUILD_NUMBER=1"],
        ...[
          "CODEBUILD_INITIATOR=codepipeline/acme",
          "AWS_REGION=eu-central-1",
          "AWS_DEFAULT_REGION=eu-central-1",
        ],
        ...["CODEBUILD_SOURCE_VERSION=arn:aws:s3:::artifacts/Assembly.zip", "FROM=start", "PATH_TO=spec"],
        ...["AWS_ENDPOINT_URL=http://127.0.0.1:4566", "MACHINE=yes", "main.txt", "plan.txt"],
      ]),
    );
    expect(
      lines.filter((line) => /^(AWS_ACCESS_KEY_ID|AWS_SECRET|JEST_|HOME=\/home\/somebody)/.test(line)),
    ).toEqual([]);
    expect(record.arn).toBe(`arn:aws:codebuild:eu-central-1:555555555555:build/${id}`);
  });

  it("is asked for its credentials with a token, while it runs", async () => {
    await test.ask(
      "CreateProject",
      projectInput(`version: 0.2
phases: { build: { commands: ["echo $AWS_CONTAINER_CREDENTIALS_FULL_URI $AWS_CONTAINER_AUTHORIZATION_TOKEN", "sleep 20"] } }
`),
    );
    const id = start(test);
    await eventually(() => output(test).length > 0);
    const [uri = "", token] = String(output(test)[0]).split(" ");
    expect(uri).toMatch(/^http:\/\/127\.0\.0\.1:4566\/_sandbox\/build-credentials\/[0-9a-f]{48}$/);
    const name = String(uri.split("/").at(-1));
    expect(test.codeBuild.credentials(name, token)).toMatchObject({
      ...{ AccessKeyId: "ASIABUILD", SecretAccessKey: "secret", Token: "session" },
      RoleArn: `arn:aws:sts::555555555555:assumed-role/build/AWSCodeBuild-${id.split(":")[1]}`,
    });
    expect(test.codeBuild.credentials(name, `${token}x`)).toBeUndefined();
    expect(test.codeBuild.credentials(name, token?.replace(/^./, "x"))).toBeUndefined();
    expect(test.codeBuild.credentials(name, undefined)).toBeUndefined();
    expect(asking(uri, token)).toMatchObject({ status: 200, body: { AccessKeyId: "ASIABUILD" } });
    expect(asking(uri, "another")).toMatchObject({ status: 404 });
    test.codeBuild.builds.stop(id);
    await test.codeBuild.builds.ended(id);
    expect(test.codeBuild.credentials(name, token)).toBeUndefined();
  });
});

describe("what goes in and out", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is what the buildspec names, with permissions, and with links where it says so", async () => {
    await test.put("artifacts/Source.zip", { "run.sh": "#!/bin/sh\necho ran", "notes/a.md": "a" });
    const { result } = await run(
      `version: 0.2
phases:
  build:
    commands:
      - ./run.sh
      - mkdir -p out/deep/.hidden out/skipped
      - cp run.sh out/deep/; echo h > out/deep/.hidden/h; echo s > out/skipped/s; ln -s deep/run.sh out/link
artifacts: { base-directory: out, files: ['**/*'], exclude-paths: ['skipped/**/*'], enable-symlinks: yes }
`,
      { sources: ["Source"], artifacts: ["Out"] },
    );
    expect(result).toMatchObject({ status: "SUCCEEDED" });
    await unpack(test, "artifacts/Out.zip", folder);
    expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual([
      "deep",
      "deep/.hidden",
      "deep/.hidden/h",
      "deep/run.sh",
      "link",
    ]);
    expect(statSync(join(folder, "deep/run.sh")).mode & 0o777).toBe(0o755);
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
    const { headers } = test.calls.find(({ method, service }) => service === "s3" && method === "PUT") ?? {};
    expect(headers?.["x-amz-server-side-encryption-aws-kms-key-id"]).toBe("a-key");
  });

  it("is several artifacts by their names, each as secondary-artifacts says", async () => {
    const { result } = await run(
      `version: 0.2
phases: { build: { commands: [mkdir a b, echo 1 > a/one.txt, echo 2 > b/two.txt] } }
artifacts:
  secondary-artifacts:
    First: { files: a/*.txt, discard-paths: yes }
    Second: { files: ['*'], base-directory: b }
`,
      { artifacts: ["First", "Second"] },
    );
    expect(result.status).toBe("SUCCEEDED");
    await unpack(test, "artifacts/First.zip", folder);
    await unpack(test, "artifacts/Second.zip", folder);
    expect(readdirSync(folder).toSorted()).toEqual(["one.txt", "two.txt"]);
    expect(readFileSync(join(folder, "one.txt"), "utf8")).toBe("1\n");
  });

  it.each([
    [
      "no file matches",
      "artifacts: { files: none.txt }",
      "UPLOAD_ARTIFACTS: no matching artifact paths found",
    ],
    [
      "the folder is missing",
      "artifacts: { files: '*', base-directory: none }",
      "UPLOAD_ARTIFACTS: no matching base directory",
    ],
    ["the buildspec has none", "", "UPLOAD_ARTIFACTS: no definition of the artifact"],
  ])("is missed where %s", async (_, artifacts, why) => {
    const { result } = await run(`version: 0.2\nphases: { build: { commands: ["true"] } }\n${artifacts}`, {
      artifacts: ["Out"],
    });
    expect(result).toMatchObject({ status: "FAILED", why: expect.stringContaining(why) });
  });

  it("is read from the buildspec among the sources where the project has none of its own", async () => {
    await test.put("artifacts/Source.zip", {
      "buildspec.yml": "version: 0.2\nphases: { build: { commands: [echo found] } }",
    });
    expect((await run("", { sources: ["Source"] })).result.status).toBe("SUCCEEDED");
    expect(output(test)).toEqual(["found"]);
  });

  it.each([
    [
      "sources that are not there",
      "version: 0.2\nphases: {}",
      "DOWNLOAD_SOURCE: s3 GET /artifacts/Source.zip: NoSuchKey",
    ],
  ])("fails with %s", async (_, buildspec, why) => {
    expect((await run(buildspec, { sources: ["Source"] })).result).toMatchObject({ status: "FAILED", why });
  });
});

describe("a buildspec", () => {
  it.each([
    ["is no YAML", "version: 0.2\nphases: [", "Flow sequence"],
    ["is of version 0.1", "version: 0.1\nphases: {}", "version: "],
    ["has no phases", "version: 0.2", "phases: "],
    ["has a phase that is none", "version: 0.2\nphases: { test: { commands: [a] } }", "phases"],
    ["has reports, which the sandbox does not know", "version: 0.2\nphases: {}\nreports: {}", "reports"],
    ["takes secrets", "version: 0.2\nenv: { secrets-manager: { A: b } }\nphases: {}", "secrets-manager"],
  ])("that %s fails the build", async (_, buildspec, why) => {
    const { phases, result } = await run(buildspec);
    expect(result).toMatchObject({ status: "FAILED", why: expect.stringContaining(`DOWNLOAD_SOURCE: `) });
    expect(result.why).toContain(why);
    expect(phases.at(3)).toBe("DOWNLOAD_SOURCE FAILED");
  });
});

describe("the end of a build", () => {
  const sleeping = (command: string) => `version: 0.2
phases:
  build: { commands: ['${command}'] }
  post_build: { commands: [echo never] }
`;
  // Says so when it has left the group.
  const waiting = 'setsid sh -c "echo pid \\$\\$; exec sleep 60" & sleep 60';

  function isAlive(pid: number): boolean {
    // A process that nobody has waited for yet is dead all the same.
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  }

  async function begin(command: string, sources: readonly string[] = []) {
    await test.ask("CreateProject", projectInput(sleeping(command)));
    const id = start(test, { sources });
    await eventually(() => output(test).length > 0);
    return { id, pid: Number(String(output(test)[0]).replace("pid ", "")) };
  }

  it("by StopBuild leaves nothing, not even what left its group", async () => {
    const { id, pid } = await begin(waiting);
    expect(isAlive(pid)).toBe(true);
    const { build } = await test.ask("StopBuild", { id });
    expect(build).toMatchObject({ id, buildStatus: "IN_PROGRESS", currentPhase: "BUILD" });
    expect(await test.codeBuild.builds.ended(id)).toMatchObject({ status: "STOPPED" });
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(test.folder)).toEqual([]);
    expect(output(test)).not.toContain("never");
  });

  it("by StopBuild lets a command end by itself first", async () => {
    const program = 'trap "sleep 0.1; echo cleaned; exit 1" TERM; echo ready; sleep 60 & wait';
    await test.put("artifacts/Source.zip", { "program.sh": `#!/bin/bash\n${program}\n` });
    const { id } = await begin("./program.sh; echo never", ["Source"]);
    await test.ask("StopBuild", { id });
    await test.codeBuild.builds.ended(id);
    expect(output(test)).toEqual(["ready", "cleaned"]);
  });

  it("by the kill of a command is a failure of the command", async () => {
    const { id } = await begin('echo "pid $$"; kill -KILL $$');
    const why = expect.stringContaining("Reason: exit status 137");
    expect(await test.codeBuild.builds.ended(id)).toMatchObject({ status: "FAILED", why });
  });

  it("by the kill of its shell is a failure", async () => {
    const { id } = await begin('echo "pid $PPID"; kill -KILL $PPID; sleep 60');
    const why = expect.stringContaining("the shell of the build has ended");
    expect(await test.codeBuild.builds.ended(id)).toMatchObject({ status: "FAILED", why });
  });

  it("comes with the sandbox's, at once", async () => {
    const { pid } = await begin(waiting);
    await test.codeBuild.builds.close();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(test.folder)).toBe(true);
    expect(readdirSync(test.folder)).toEqual([]);
  });

  it("comes with the time limit", async () => {
    await test.close();
    test = createTestCodeBuild(40);
    await test.ask("CreateProject", projectInput(sleeping("sleep 60"), { timeoutInMinutes: 5 }));
    const id = start(test);
    expect(await test.codeBuild.builds.ended(id)).toMatchObject({ status: "TIMED_OUT" });
    const { builds } = await test.ask("BatchGetBuilds", { ids: [id] });
    expect(builds[0]).toMatchObject({ buildStatus: "TIMED_OUT", timeoutInMinutes: 5 });
  });
});
