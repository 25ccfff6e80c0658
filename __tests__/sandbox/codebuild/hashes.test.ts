import { exportHash } from "../../../modules/artifact-hash";
import { type BuildspecContext, buildspecOf } from "../../../modules/pipeline-buildspecs";
import { createTestCodeBuild, output, projectInput, start, type TestCodeBuild } from "./support";

const context: BuildspecContext = {
  ...{ foundation: [], planRole: "meridian-plan", recordRole: "meridian-record" },
  ...{ bucket: "pipeline-acme", region: "eu-central-1" },
};

let test: TestCodeBuild;
let hash: string;
beforeEach(async () => {
  test = createTestCodeBuild();
  // A build hands on a folder, and says what its hash is.
  const make = [
    'mkdir -p "made/cdktf.out/a stack" made/empty',
    'echo {} > "made/cdktf.out/a stack/ä.json"; touch made/.hidden',
    "echo 'console.log(`deployed`)' > made/meridian.js; chmod +x made/meridian.js",
    exportHash({ variable: "MADE", folder: "made" }),
  ];
  const spec = {
    ...{
      version: 0.2,
      env: { shell: "bash", "exported-variables": ["MADE"] },
      phases: { build: { commands: make } },
    },
    artifacts: { "base-directory": "made", files: ["**/*"] },
  };
  await test.ask("CreateProject", projectInput(JSON.stringify(spec), { name: "acme" }));
  const { exported } = await test.codeBuild.builds.ended(start(test, { artifacts: ["Assembly"] }));
  hash = exported.MADE ?? "";
});
afterEach(() => test.close());

/** Runs the builds of a wave, without what installs Terraform, on the same folder as assembly and as plans. */
async function deploy() {
  const { phases, ...spec } = buildspecOf({ kind: "deploy", of: "staging", wave: 1, shards: 2 }, context);
  const buildspec = JSON.stringify({ ...spec, phases: { build: phases.build } });
  const { source } = projectInput(buildspec) as { readonly source: object };
  await test.ask("UpdateProject", { name: "acme", source });
  const id = start(test, {
    sources: ["Assembly", "Plans_staging"],
    environment: { MERIDIAN_ASSEMBLY: hash, MERIDIAN_PLANS: hash },
    isBatch: true,
  });
  const { status } = await test.codeBuild.builds.ended(id);
  // Without the commands themselves, which the log has as well.
  return { status, said: output(test).filter((line) => /^\w/.test(line)) };
}

const stopped = (what: string) => expect.stringContaining(`${what} are not what this execution has made`);

describe("the builds of a wave", () => {
  beforeEach(() => {
    test.objects.set(
      "artifacts/Plans_staging.zip",
      test.objects.get("artifacts/Assembly.zip") ?? Buffer.alloc(0),
    );
  });

  it("each go on with what the execution has made, as it comes out of the zips", async () => {
    expect(await deploy()).toEqual({ status: "SUCCEEDED", said: ["deployed", "deployed"] });
  });

  it.each([
    ["The files of the assembly", "Assembly"],
    ["The plans", "Plans_staging"],
  ])(
    "each stop before they run anything where another build has written over it: %s",
    async (what, artifact) => {
      await test.put(`artifacts/${artifact}.zip`, { "meridian.js": "console.log(`swapped`)" });
      expect(await deploy()).toEqual({ status: "FAILED", said: [stopped(what), stopped(what)] });
    },
  );
});
