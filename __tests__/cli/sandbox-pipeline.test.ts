import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { packWorkTree } from "../../cli/shared/work-tree";
import { projectRoot } from "../../fleet/project";
import { createCloudFront } from "../../sandbox/cloudfront/cloudfront";
import type { CodeBuild } from "../../sandbox/codebuild/codebuild";
import { createGateway } from "../../sandbox/gateway/gateway";
import { createIdentities } from "../../sandbox/gateway/identities";
import { startServer } from "../../sandbox/gateway/server";
import { type JsonInput, jsonService } from "../../sandbox/protocols/json";
import { jsonClient } from "../sandbox/clients";
import {
  acme,
  approval,
  createTestPipelines,
  type FakeBuild,
  plan,
  source,
  wave,
} from "../sandbox/codepipeline/support";
import { createTestLambda } from "../sandbox/lambda/helpers";
import { runNode } from "../support/run-node";

const fleet = (pipelineSource = "{ bucket: sources, key: fleet.zip }") => `fleet: acme
state: { backend: s3, bucket: acme-state, region: eu-central-1, account: delivery }
accounts:
  management: { id: "111111111111" }
  delivery: { id: "222222222222", unit: platform }
  globex: { id: "444444444444", unit: workloads }
services: { hello: { source: functions/hello.ts } }
cells:
  globex: { stage: production, tenant: globex, targets: { globex: [eu-central-1, eu-west-1] } }
organization: { management: management, units: [platform, workloads] }
bootstrap: { delivery: delivery }
pipeline:
  account: delivery
  region: eu-central-1
  source: ${pipelineSource}
  approvals: { production: [platform@example.com] }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-work-tree-"));
  const files = {
    "cdktf.json": "{}",
    "fleet.yaml": fleet(),
    ".gitignore": "secret\n",
    secret: "x",
    "run.sh": "true\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  chmodSync(join(folder, "run.sh"), 0o755);
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  git("init");
  git("add", "cdktf.json", "fleet.yaml", ".gitignore");
  writeFileSync(join(folder, "gone"), "x");
  git("add", "gone");
  rmSync(join(folder, "gone"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Builds that CodeBuild was asked to stop. */
let stopped: string[];
/** What each build does that begins. */
let onBuild: (build: FakeBuild) => void;
let test: ReturnType<typeof createTestPipelines>;
let port: number;
let close: () => Promise<void>;
beforeEach(async () => {
  onBuild = (build) => build.end("SUCCEEDED", { SUMMARY: "1 to change\n  globex: hello" });
  test = createTestPipelines((build) => onBuild(build));
  const { close: closeLambda, lambda, outages } = createTestLambda();
  stopped = [];
  const stop = ({ id }: JsonInput) => ({ stopped: stopped.push(String(id)) });
  const codeBuild = {
    ...jsonService("codebuild", { StopBuild: stop }),
    credentials: () => undefined,
  } as unknown as CodeBuild;
  const gateway = createGateway({
    ...{ lambda, outages, identities: createIdentities(), cloudFront: createCloudFront(lambda.urls) },
    ...{ moto: test.moto, codePipeline: test.service, codeBuild, onLog: () => {} },
  });
  const server = await startServer(gateway, undefined, () => {});
  ({ port } = server);
  close = async () => {
    test.service.close();
    await server.close();
    await closeLambda();
  };
});
afterEach(() => close());

/** Makes the pipeline, which no one else has run yet. */
async function deploy() {
  const ask = jsonClient(test.service.handle, "codepipeline", "222222222222", "eu-central-1");
  const missing = { ...source, configuration: { ...source.configuration, S3ObjectKey: "other.zip" } };
  const stages = [
    { name: "Source", actions: [source] },
    { name: "production", actions: [plan, approval, wave] },
  ];
  await ask("CreatePipeline", {
    pipeline: { ...acme, stages: [{ name: "Source", actions: [missing] }, stages[1]] },
  });
  await test.settle();
  await ask("UpdatePipeline", { pipeline: { ...acme, stages } });
  return ask;
}

const args = (...more: readonly string[]) => ["sandbox", "--port", String(port), "pipeline", ...more];
const run = (...more: readonly string[]) => runNode("bin/meridian.js", args(...more), { cwd: folder });

it("packs what git tracks and what is new, with what may be run, always into the same bytes", async () => {
  const { files, zip } = await packWorkTree(folder);
  expect([files, Object.keys(unzipSync(zip))]).toEqual([
    4,
    [".gitignore", "cdktf.json", "fleet.yaml", "run.sh"],
  ]);
  expect((await packWorkTree(folder)).zip).toEqual(zip);
  writeFileSync(join(folder, "archive.zip"), zip);
  const listed = String(execFileSync("unzip", ["-Z", "archive.zip"], { cwd: folder }));
  rmSync(join(folder, "archive.zip"));
  expect(listed).toMatch(/^-rwxr-xr-x .*run\.sh$/m);
  expect(listed).toMatch(/^-rw-r--r-- .*fleet\.yaml$/m);
});

it("refuses sources whose package-lock.json names a package beside them", async () => {
  const lock = join(folder, "package-lock.json");
  writeFileSync(lock, '{ "packages": { "node_modules/meridian": { "resolved": "file:../meridian.tgz" } } }');
  const packed = packWorkTree(folder).finally(() => rmSync(lock));
  await expect(packed).rejects.toThrow("takes the package meridian from file:../meridian.tgz");
});

it("hands over the work tree, shows the stages, approves with the plan in view, and succeeds", async () => {
  await deploy();
  const { code, stderr, stdout } = await run("--yes", "--json");
  const lines = stderr.split("\n");
  expect(stderr).toContain("Packed 4 files");
  expect(stderr).toContain("s3://sources/fleet.zip");
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^ {2}Source\/Source {2}done/),
      expect.stringMatching(/^ {2}production\/Plan {2}done/),
      "production waits for an approval:",
      "    1 to change",
      "    globex: hello",
      "Approved.",
      expect.stringMatching(/^ {2}production\/Wave_1 {2}done/),
    ]),
  );
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    pipeline: "acme",
    source: { bucket: "sources", key: "fleet.zip", version: "v1" },
    status: "Succeeded",
    stages: [
      { name: "Source", actions: [{ name: "Source", status: "Succeeded" }] },
      {
        name: "production",
        actions: [{ name: "Plan" }, { name: "Approve" }, { name: "Wave_1", status: "Succeeded" }],
      },
    ],
  });
  expect(code).toBe(0);
  const puts = test.calls.filter(({ method }) => method === "PUT").map(({ path }) => path.split("?")[0]);
  expect(puts.slice(0, 3)).toEqual(["/sources/", "/sources/", "/sources/fleet.zip"]);
}, 30_000);

it("rejects, which is a failure, and deploys nothing", async () => {
  await deploy();
  const { code, stderr } = await run("--reject");
  expect([code, test.builds.map(({ request }) => request.project.name)]).toEqual([1, ["plan"]]);
  expect(stderr).toMatch(/Rejected\.\n[\s\S]*ended as Failed\.\nproduction\/Approve failed: Rejected by/);
}, 30_000);

it("says which action failed, and why", async () => {
  await deploy();
  onBuild = (build) => build.end("FAILED");
  const { code, stderr } = await run("--yes");
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(
      "production/Plan failed: Build terminated with state: FAILED. as the test says\nWhat it wrote: npx meridian sandbox logs plan\n",
    ),
  ]);
}, 30_000);

it("is content with a pipeline that has updated itself last, as which AWS cancels the execution", async () => {
  const ask = await deploy();
  const { pipeline } = await ask("GetPipeline", { name: "acme" });
  onBuild = (build) => {
    const isLast = build.request.project.name === "deploy";
    const update = isLast ? ask("UpdatePipeline", { pipeline }) : Promise.resolve();
    void update.then(() => build.end("SUCCEEDED", { SUMMARY: "none" }));
  };
  const { code, stderr } = await run("--yes");
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining("has updated the pipeline: so it ends as Cancelled"),
  ]);
}, 30_000);

it("says why where somebody else has updated the pipeline meanwhile", async () => {
  const ask = await deploy();
  const { pipeline } = await ask("GetPipeline", { name: "acme" });
  onBuild = (build) =>
    void ask("UpdatePipeline", { pipeline }).then(() => build.end("SUCCEEDED", { SUMMARY: "none" }));
  const { code, stderr } = await run("--yes");
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining("ended as Cancelled: The pipeline was updated"),
  ]);
}, 30_000);

it("stops the execution and its builds at Ctrl-C, and says so", async () => {
  await deploy();
  const { HOME = "", PATH = "" } = process.env;
  const child = spawn(process.execPath, [join(projectRoot, "bin/meridian.js"), ...args("--yes")], {
    cwd: folder,
    env: { HOME, PATH, NO_COLOR: "1" },
  });
  onBuild = () => child.kill("SIGINT");
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect([code, stopped]).toEqual([1, ["plan:1"]]);
  expect(stderr).toMatch(/Stopping execution .*, and its builds\.\n[\s\S]*ended as Stopped\./);
}, 30_000);

it("says how to look and to answer where the sandbox does not answer any more", async () => {
  await deploy();
  onBuild = () => {
    const closed = close();
    close = () => closed;
  };
  const { code, stderr } = await run("--yes");
  const aws = `AWS_ACCESS_KEY_ID=222222222222 AWS_SECRET_ACCESS_KEY=test aws --endpoint-url http://127.0.0.1:${port} --region eu-central-1 codepipeline`;
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/does not answer any more: [\s\S]* while the sandbox runs it goes on/),
  ]);
  expect(stderr).toContain(`${aws} get-pipeline-state --name acme;`);
  expect(stderr).toContain(`${aws} put-approval-result --pipeline-name acme --stage-name <stage>`);
}, 60_000);

describe("says what to do first", () => {
  it("where the pipeline is not deployed", async () => {
    const { code, stderr } = await run("--yes");
    const command =
      "npx meridian deploy --stack organization --stack accounts --stack bootstrap --stack state --stack pipeline\n";
    expect([code, stderr]).toEqual([1, expect.stringContaining(command)]);
    expect(test.calls).toEqual([]);
  }, 30_000);

  it("where there is nobody to ask", async () => {
    await deploy();
    const before = test.calls.length;
    const { code, stderr } = await run();
    expect([code, stderr]).toEqual([1, expect.stringContaining("add --yes, or --reject")]);
    expect(test.calls).toHaveLength(before);
  }, 30_000);

  it.each([
    ["the file has no pipeline", fleet().replace(/pipeline:[\s\S]*/, ""), "has no pipeline"],
    [
      "the source is a repository",
      fleet(
        '{ connection: "arn:aws:codeconnections:eu-central-1:222222222222:connection/1a2b", repository: acme/fleet, branch: main }',
      ),
      "the sandbox has no GitHub",
    ],
  ])(
    "where %s",
    async (_, text, message) => {
      writeFileSync(join(folder, "other.yaml"), text);
      const { code, stderr } = await runNode("bin/meridian.js", ["--fleet", "other.yaml", ...args("--yes")], {
        cwd: folder,
      });
      rmSync(join(folder, "other.yaml"));
      expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    },
    30_000,
  );

  it("where git knows nothing of the folder", async () => {
    const bare = mkdtempSync(join(tmpdir(), "meridian-no-git-"));
    await expect(packWorkTree(bare)).rejects.toThrow(/git does not list the files/);
    rmSync(bare, { recursive: true });
  });
});
