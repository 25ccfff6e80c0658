import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createTestCodeBuild, eventually, output, projectInput, start, type TestCodeBuild } from "./support";

let test: TestCodeBuild;
beforeEach(() => {
  test = createTestCodeBuild();
});
afterEach(() => test.close());

describe("the end of a build", () => {
  const sleeping = (command: string) => `version: 0.2
env: { shell: bash }
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

  it.each([false, true])(
    "comes at once with the sandbox's end, also where it was being stopped (batch: %s)",
    async (isBatch) => {
      await test.close();
      test = createTestCodeBuild({ graceMs: 60_000 });
      const batch = isBatch ? "\nbatch: { build-list: [{ identifier: one }] }" : "";
      const stubborn = `version: 0.2${batch}
env: { shell: bash }
phases: { build: { commands: ["trap : TERM; echo ready; while true; do sleep 0.1; done"] } }
`;
      await test.ask("CreateProject", projectInput(stubborn));
      const id = start(test, { isBatch });
      await eventually(() => output(test).includes("ready"));
      await test.ask(isBatch ? "StopBuildBatch" : "StopBuild", { id });
      const began = Date.now();
      await test.codeBuild.builds.close();
      expect(Date.now() - began).toBeLessThan(10_000);
      expect(await test.codeBuild.builds.ended(id)).toMatchObject({ status: "STOPPED" });
      expect(readdirSync(test.folder)).toEqual([]);
    },
  );

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
    test = createTestCodeBuild({ minuteMs: 40 });
    await test.ask("CreateProject", projectInput(sleeping("sleep 60"), { timeoutInMinutes: 5 }));
    const id = start(test);
    expect(await test.codeBuild.builds.ended(id)).toMatchObject({ status: "TIMED_OUT" });
    const { builds } = await test.ask("BatchGetBuilds", { ids: [id] });
    expect(builds[0]).toMatchObject({ buildStatus: "TIMED_OUT", timeoutInMinutes: 5 });
  });
});
