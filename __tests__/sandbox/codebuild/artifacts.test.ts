import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestCodeBuild, output, run, type TestCodeBuild, unpack } from "./support";

let test: TestCodeBuild;
beforeEach(() => {
  test = createTestCodeBuild();
});
afterEach(() => test.close());

describe("what goes in and out", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is what the buildspec names, with permissions, and with links where it says so", async () => {
    await test.put("artifacts/Source.zip", { "run.sh": "#!/bin/sh\necho ran", "notes/a.md": "a" });
    const { result } = await run(
      test,
      `version: 0.2
env: { shell: bash }
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
      test,
      `version: 0.2
env: { shell: bash }
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
    const { result } = await run(
      test,
      `version: 0.2\nenv: { shell: bash }\nphases: { build: { commands: ["true"] } }\n${artifacts}`,
      {
        artifacts: ["Out"],
      },
    );
    expect(result).toMatchObject({ status: "FAILED", why: expect.stringContaining(why) });
  });

  it("is read from the buildspec among the sources where the project has none of its own", async () => {
    await test.put("artifacts/Source.zip", {
      "buildspec.yml": "version: 0.2\nenv: { shell: bash }\nphases: { build: { commands: [echo found] } }",
    });
    expect((await run(test, "", { sources: ["Source"] })).result.status).toBe("SUCCEEDED");
    expect(output(test)).toEqual(["found"]);
  });

  it.each([
    [
      "sources that are not there",
      "version: 0.2\nenv: { shell: bash }\nphases: {}",
      "DOWNLOAD_SOURCE: s3 GET /artifacts/Source.zip: NoSuchKey",
    ],
  ])("fails with %s", async (_, buildspec, why) => {
    expect((await run(test, buildspec, { sources: ["Source"] })).result).toMatchObject({
      status: "FAILED",
      why,
    });
  });
});
