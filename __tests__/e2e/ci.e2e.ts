import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { github, githubCommands } from "../support/workflows";
import { fleetAt, type Run, run } from "./support";
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

/** Stacks of targets only: each front would take the provider half a minute. */
const targets = "--stack '*_eu-west-1'";

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
  function inJob(line: string): Promise<Run> {
    const isOfSources = line.startsWith("npx ");
    const { CDKTF_OUTPUT: _, MERIDIAN_FLEET: __, ...own } = shell.env;
    const variables = { GITHUB_STEP_SUMMARY: join(folder, "summary.md"), ROLLOUT: "github-4711" };
    return run(
      "bash",
      ["-e", "-o", "pipefail", "-c", line.replace(/ plan /, ` plan ${targets} `)],
      isOfSources ? folder : join(folder, "assembly"),
      { ...(isOfSources ? shell.env : own), ...variables },
    );
  }

  /** The lines of a run that failed, with what they said. */
  async function failuresOf(commands: readonly string[]): Promise<readonly string[]> {
    const failed: string[] = [];
    for (const line of commands) {
      // Each plan is made on a machine of its own.
      if (line.includes("--out ../plans")) rmSync(join(folder, "plans"), { recursive: true, force: true });
      const { code, text } = await inJob(line);
      if (code !== 0) failed.push(`${line}: ${code}\n${text}`);
    }
    return failed;
  }

  const left = async () =>
    (await run("bash", ["-c", `npx meridian plan ${targets}`], folder, shell.env)).code;

  test("plan a pull request, and change nothing", async () => {
    expect(await failuresOf(githubCommands(github.plan))).toEqual([]);
    expect(await left()).toBe(2);
  }, 300_000);

  test("deploy what was merged, stage after stage and wave after wave", async () => {
    const commands = githubCommands(github.deploy);
    expect(commands.filter((line) => line.includes(" deploy "))).toHaveLength(5);
    expect(await failuresOf(commands)).toEqual([]);
    expect(await left()).toBe(0);
  }, 600_000);
});
