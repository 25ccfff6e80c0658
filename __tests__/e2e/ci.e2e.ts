import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxRequest } from "../../cli/shared/sandbox-request";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { github, githubCommands } from "../support/workflows";
import { assumedKey, fleetAt, type Run, run } from "./support";
import { type Shell, shellIn } from "./transcript";

/** A name that no fleet of a file beside this one has. */
const name = `ci${process.pid}`;

const fleetText = `fleet: ${name}
state: { backend: s3, account: delivery, bucket: ${name}-state, region: eu-central-1 }
accounts:
  delivery: { id: "555555555555" }
  blue: { id: "721000000001" }
  coffee: { id: "721000000002" }
  tea: { id: "721000000003" }
services:
  hello: { source: hello.ts, routes: ["/*"] }
stages: [staging, production]
cells:
  staging: { stage: staging, targets: { blue: [eu-west-1] } }
  coffee: { stage: production, tenant: coffee, targets: { coffee: [eu-west-1] } }
  tea: { stage: production, tenant: tea, targets: { tea: [eu-west-1] } }
rollout:
  staging: { verify: { path: / } }
  production: { waves: [[coffee], 100%], verify: { path: / } }
`;

/**
 * What of the fleet is planned, for each plan of a stack takes five seconds of a core, and its deploy eight: one target of
 * staging, and one of production, which is in its second wave and dealt to one of the builds there.
 */
const some = {
  plan: "--stack tea_tea_eu-west-1",
  deploy: "--stack staging_blue_eu-west-1 --stack tea_tea_eu-west-1",
} as const;

/** What docs/ci.md shows is run as it stands there; GitLab's commands are the same, which a test of the page says. */
describe("the commands that docs/ci.md has for GitHub", () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-ci-"));
  const file = join(folder, "fleet.yaml");
  let session: SandboxSession;
  let shell: Shell;

  beforeAll(async () => {
    writeFileSync(file, fleetText);
    copyFileSync(join(__dirname, "fixtures", "one-target", "hello.ts"), join(folder, "hello.ts"));
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});
    shell = shellIn(folder, session);
  });

  afterAll(async () => {
    shell?.remove();
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a line as a job does: what is of the sources among them, and what is of the assembly there. */
  function inJob(line: string, selection: string): Promise<Run> {
    const isOfSources = line.startsWith("npx ");
    const { CDKTF_OUTPUT: _, MERIDIAN_FLEET: __, ...own } = shell.env;
    const variables = { GITHUB_STEP_SUMMARY: join(folder, "summary.md"), ROLLOUT: "github-4711" };
    return run(
      "bash",
      ["-e", "-o", "pipefail", "-c", line.replace(/ plan /, ` plan ${selection} `)],
      isOfSources ? folder : join(folder, "assembly"),
      { ...(isOfSources ? shell.env : own), ...variables },
    );
  }

  /** The lines of a run that failed, with what they said. */
  async function failuresOf(commands: readonly string[], selection: string): Promise<readonly string[]> {
    const failed: string[] = [];
    for (const line of commands) {
      // Each plan is made on a machine of its own.
      if (line.includes("--out ../plans")) rmSync(join(folder, "plans"), { recursive: true, force: true });
      const { code, text } = await inJob(line, selection);
      if (code !== 0) failed.push(`${line}: ${code}\n${text}`);
    }
    return failed;
  }

  /** Stacks that have a state. */
  async function deployed(): Promise<readonly string[]> {
    const { status, text } = await sandboxRequest({
      endpoint: session.sandbox.endpoint,
      ...{ service: "s3", region: "eu-central-1", method: "GET", path: `/${name}-state` },
      credentials: await assumedKey(session, "555555555555"),
    });
    if (status !== 200) throw new Error(text);
    return [...text.matchAll(/<Key>[^<]*?([^</]+)\.tfstate</g)].map(([, stack = ""]) => stack);
  }

  test("plan a pull request, and change nothing", async () => {
    expect(await failuresOf(githubCommands(github.plan), some.plan)).toEqual([]);
    expect(await deployed()).toEqual([]);
  }, 300_000);

  test("deploy what was merged, stage after stage and wave after wave", async () => {
    const commands = githubCommands(github.deploy);
    expect(commands.filter((line) => line.includes(" deploy "))).toHaveLength(5);
    expect(await failuresOf(commands, some.deploy)).toEqual([]);
    expect(await deployed()).toEqual(["staging_blue_eu-west-1", "tea_tea_eu-west-1"]);
  }, 600_000);
});
