import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { projectRoot } from "../../fleet/project";
import { fleetAt } from "./support";
import { presentable, readPage, steady, stepsOf, withOutputs } from "./transcript";

const page = join(projectRoot, "docs", "preflight.md");

describe("what docs/preflight.md shows", () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-e2e-"));
  const bin = mkdtempSync(join(tmpdir(), "meridian-npx-"));
  const file = join(folder, "fleet.yaml");
  let session: SandboxSession;

  beforeAll(async () => {
    cpSync(join(projectRoot, "fleet.yaml"), file);
    cpSync(join(projectRoot, "functions"), join(folder, "functions"), { recursive: true });
    mkdirSync(bin, { recursive: true });
    const npx = join(bin, "npx");
    const program = JSON.stringify(join(projectRoot, "bin", "meridian.js"));
    writeFileSync(npx, `#!/bin/sh\nshift\nexec ${JSON.stringify(process.execPath)} ${program} "$@"\n`);
    chmodSync(npx, 0o755);
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});
  });

  afterAll(async () => {
    await session?.close();
    rmSync(folder, { recursive: true });
    rmSync(bin, { recursive: true });
  });

  /** Runs a line as a shell in the fleet's folder would; what it prints on standard output. */
  function shell(command: string): Promise<string> {
    const env = {
      ...session.env,
      PATH: `${bin}:${process.env.PATH}`,
      MERIDIAN_FLEET: file,
      NO_COLOR: "1",
    };
    return new Promise((resolve) => {
      execFile("bash", ["-c", command], { cwd: folder, env }, (_, stdout) => resolve(stdout));
    });
  }

  test("is what its commands print; if it has changed: TRANSCRIPT=write", async () => {
    const text = readPage(page);
    const steps = stepsOf(text);
    expect(steps.filter(({ command }) => command.includes("meridian preflight"))).toHaveLength(2);
    const outputs: string[] = [];
    for (const { command } of steps) outputs.push(presentable(await shell(command)));
    if (process.env.TRANSCRIPT === "write") writeFileSync(page, withOutputs(text, outputs));
    else {
      const shown = steps.map(({ command, output }) => [command, ...steady(output)]);
      expect(steps.map(({ command }, index) => [command, ...steady(outputs[index] ?? "")])).toEqual(shown);
    }
  });
});
