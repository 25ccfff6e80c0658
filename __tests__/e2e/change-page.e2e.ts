import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { projectRoot } from "../../fleet/project";
import { copyOf, fleetAt } from "./support";
import { presentable, readPage, steady, stepsOf, withOutputs } from "./transcript";

const page = join(projectRoot, "docs", "change.md");

describe("what docs/change.md shows", () => {
  const folder = copyOf(join(__dirname, "fixtures", "shop"));
  const bin = mkdtempSync(join(tmpdir(), "meridian-npx-"));
  const file = join(folder.path, "fleet.yaml");
  let session: SandboxSession;

  beforeAll(async () => {
    mkdirSync(bin, { recursive: true });
    const npx = join(bin, "npx");
    const program = JSON.stringify(join(projectRoot, "bin", "meridian.js"));
    writeFileSync(npx, `#!/bin/sh\nshift\nexec ${JSON.stringify(process.execPath)} ${program} "$@"\n`);
    chmodSync(npx, 0o755);
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});
  });

  afterAll(async () => {
    await session?.close();
    folder.remove();
    rmSync(bin, { recursive: true });
  });

  /** Runs a line as a shell in the fleet's folder would; what it prints on standard output. */
  function shell(command: string): Promise<string> {
    const env = {
      ...session.env,
      PATH: `${bin}:${process.env.PATH}`,
      CDKTF_OUTPUT: session.output,
      MERIDIAN_FLEET: file,
      NO_COLOR: "1",
    };
    return new Promise((resolve) => {
      execFile("bash", ["-c", command], { cwd: folder.path, env }, (_, stdout) => resolve(stdout));
    });
  }

  test("is what its commands print; if it has changed: TRANSCRIPT=write", async () => {
    const text = readPage(page);
    const steps = stepsOf(text);
    expect(steps.length).toBeGreaterThan(5);
    const outputs: string[] = [];
    for (const { command } of steps) outputs.push(presentable(await shell(command)));
    if (process.env.TRANSCRIPT === "write") writeFileSync(page, withOutputs(text, outputs));
    else {
      const shown = steps.map(({ command, output }) => [command, ...steady(output)]);
      expect(steps.map(({ command }, index) => [command, ...steady(outputs[index] ?? "")])).toEqual(shown);
    }
  });
});
