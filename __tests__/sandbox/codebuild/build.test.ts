import { answerAdmin } from "../../../sandbox/gateway/admin";
import {
  createTestCodeBuild,
  eventually,
  output,
  projectInput,
  run,
  start,
  type TestCodeBuild,
} from "./support";

let test: TestCodeBuild;
beforeEach(() => {
  test = createTestCodeBuild();
});
afterEach(() => test.close());

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
    const { phases, result } = await run(
      test,
      `version: 0.2
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
`,
    );
    expect(result).toEqual({ status: "SUCCEEDED", exported: {}, why: undefined });
    // First the second line of what the log says is run.
    const [said, ...written] = output(test);
    expect(said).toBe('basename "$PWD"');
    expect(written).toEqual(["it's 1 two words", "sub", "said it", "no end", "two words"]);
    const middle = ["INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS"];
    expect(phases).toEqual([...before, ...middle.map((name) => `${name} SUCCEEDED`), ...after]);
  });

  it("lets programs find the exported variables only, whatever else its shell keeps", async () => {
    const { result } = await run(
      test,
      `version: 0.2
env: { shell: bash, exported-variables: [PLAIN, EXPORTED] }
phases:
  install:
    commands:
      - PLAIN=1; export EXPORTED=2; LIST=(a "b c"); shown() { echo "from $1"; }; hidden() { :; }; export -f shown
  build:
    commands:
      - env | grep -E "^(PLAIN|EXPORTED|LIST|meridian)"
      - echo "$PLAIN $EXPORTED \${LIST[1]}"
      - bash -c 'shown bash; type hidden || echo no hidden' 2>&1
`,
    );
    expect(output(test)).toEqual([
      "EXPORTED=2",
      "1 2 b c",
      "from bash",
      expect.stringContaining("not found"),
      "no hidden",
    ]);
    expect(result).toMatchObject({ status: "SUCCEEDED", exported: { EXPORTED: "2" } });
    expect(result.exported).not.toHaveProperty("PLAIN");
  });

  it("keeps the options of its shell from one command to the next", async () => {
    const { result } = await run(
      test,
      `version: 0.2
env: { shell: bash }
phases:
  install: { commands: [set -o pipefail -o nounset, shopt -s nullglob, echo /none/*] }
  build: { commands: ["false | true"], finally: ["echo $NONE; echo never"] }
`,
    );
    expect(result.why).toContain("BUILD: Error while executing command: false | true. Reason: exit status 1");
    expect(output(test)).toEqual(["", expect.stringContaining("NONE: unbound variable")]);
  });

  it("ends a command where `set -e` says so, be it that of a command before", async () => {
    await run(
      test,
      `version: 0.2
env: { shell: bash }
phases:
  install: { commands: [set -e] }
  build: { commands: [echo built; false; echo never] }
`,
    );
    expect(output(test)).toEqual(["built"]);
  });

  it("shows what `set -x` traces of its commands, and nothing of the sandbox's own", async () => {
    await run(
      test,
      `version: 0.2
env: { shell: bash }
phases: { build: { commands: [set -x, echo traced] } }
`,
    );
    expect(output(test)).toEqual(["++ echo traced", "traced"]);
  });

  it("gives its exported variables, as they are at its end", async () => {
    const { record, result } = await run(
      test,
      `version: 0.2
env: { shell: bash, exported-variables: [SUMMARY, EMPTY, NONE] }
phases:
  build: { commands: ["export SUMMARY=early EMPTY=", "SUMMARY=$(printf 'two\\nlines = 1')"] }
`,
    );
    expect(result.exported).toEqual({ SUMMARY: "two\nlines = 1", EMPTY: "" });
    expect(record.exportedEnvironmentVariables).toContainEqual({ name: "EMPTY", value: "" });
  });

  it("ends where a command fails before BUILD, after what stands in finally", async () => {
    const { phases, result } = await run(
      test,
      `version: 0.2
env: { shell: bash }
phases:
  install: { commands: [exit 3, echo never], finally: [echo "succeeding $CODEBUILD_BUILD_SUCCEEDING"] }
  build: { commands: [echo never] }
`,
    );
    const why = "INSTALL: Error while executing command: exit 3. Reason: exit status 3";
    expect(result).toEqual({ status: "FAILED", exported: {}, why });
    expect(output(test)).toEqual(["succeeding 0"]);
    expect(phases).toEqual([...before, "INSTALL FAILED", ...after]);
  });

  it("runs POST_BUILD and uploads after a BUILD that failed, and fails", async () => {
    const { phases, record, result } = await run(
      test,
      `version: 0.2
env: { shell: bash }
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
    const { phases, result } = await run(
      test,
      `version: 0.2
env: { shell: bash }
phases:
  install: { on-failure: CONTINUE, commands: ["false"] }
  build: { on-failure: ABORT, commands: [echo built, "false"] }
  post_build: { commands: [echo never] }
`,
    );
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
      test,
      `version: 0.2
env: { shell: bash, variables: { FROM: buildspec, PATH_TO: spec } }
phases:
  build:
    commands:
      - env
      - ls "$CODEBUILD_SRC_DIR" "$CODEBUILD_SRC_DIR_Plans_a"
`,
      { sources: ["Assembly", "Plans_a"], environment: { FROM: "start" }, revision: "v1" },
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
        ...["CODEBUILD_RESOLVED_SOURCE_VERSION=v1"],
        ...["AWS_ENDPOINT_URL=http://127.0.0.1:4566", "MACHINE=yes", "main.txt", "plan.txt"],
      ]),
    );
    expect(
      lines.filter((line) => /^(AWS_ACCESS_KEY_ID|AWS_SECRET|JEST_|HOME=\/home\/somebody)/.test(line)),
    ).toEqual([]);
    expect(record.resolvedSourceVersion).toBe("v1");
    expect(record.arn).toBe(`arn:aws:codebuild:eu-central-1:555555555555:build/${id}`);
  });

  it("is asked for its credentials with a token, while it runs", async () => {
    await test.ask(
      "CreateProject",
      projectInput(`version: 0.2
env: { shell: bash }
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

describe("a buildspec", () => {
  it.each([
    ["is no YAML", "version: 0.2\nphases: [", "Flow sequence"],
    ["is of version 0.1", "version: 0.1\nphases: {}", "version: "],
    ["has no phases", "version: 0.2", "phases: "],
    ["has a phase that is none", "version: 0.2\nphases: { test: { commands: [a] } }", "phases"],
    ["has reports, which the sandbox does not know", "version: 0.2\nphases: {}\nreports: {}", "reports"],
    ["says no shell, which is sh on AWS", "version: 0.2\nphases: {}", "env/shell: "],
    ["says sh", "version: 0.2\nenv: { shell: /bin/sh }\nphases: {}", "say 'shell: bash'"],
    ["takes secrets", "version: 0.2\nenv: { secrets-manager: { A: b } }\nphases: {}", "secrets-manager"],
  ])("that %s fails the build", async (_, buildspec, why) => {
    const { phases, result } = await run(test, buildspec);
    expect(result).toMatchObject({ status: "FAILED", why: expect.stringContaining(`DOWNLOAD_SOURCE: `) });
    expect(result.why).toContain(why);
    expect(phases.at(3)).toBe("DOWNLOAD_SOURCE FAILED");
  });
});
