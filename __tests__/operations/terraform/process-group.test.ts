import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GroupOptions, type GroupResult, runGroup } from "../../../operations/terraform/process-group";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-group-"));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

interface Run extends GroupResult {
  readonly lines: readonly string[];
}

async function run(script: string, { onLine, ...more }: Partial<GroupOptions> = {}): Promise<Run> {
  writeFileSync(join(folder, "program.js"), script);
  const lines: string[] = [];
  const result = await runGroup({
    command: process.execPath,
    args: ["program.js"],
    cwd: folder,
    env: {},
    timeout: 20_000,
    onLine: (line) => {
      lines.push(line);
      onLine?.(line);
    },
    ...more,
  });
  return { ...result, lines };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and that nobody waits for is still in the list, as a zombie.
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Lets minutes of patience pass in less than a second. */
function hastenClock(factor: number): void {
  const now = Date.now.bind(Date);
  const start = now();
  jest.spyOn(Date, "now").mockImplementation(() => start + (now() - start) * factor);
}

describe("a program that ends by itself", () => {
  test("is heard line by line, on both outputs, to the last one", async () => {
    const { code, lines, stopped } = await run(`
      process.stdout.write("one\\ntwo\\nthree");
      process.stderr.write("four\\n");
    `);
    expect([...lines].sort()).toEqual(["four", "one", "three", "two"]);
    expect(lines.filter((line) => line !== "four")).toEqual(["one", "two", "three"]);
    expect({ code, stopped }).toEqual({ code: 0, stopped: undefined });
  });

  test("gives its exit code, or none where a signal ended it", async () => {
    expect(await run("process.exit(3)")).toMatchObject({ code: 3, stopped: undefined });
    expect(await run("process.kill(process.pid, 'SIGTERM')")).toMatchObject({
      code: null,
      stopped: undefined,
    });
  });

  test("has exactly the environment it is given, and the folder", async () => {
    const env = { A: "1", PATH: "/nowhere" };
    const { lines } = await run("console.log(JSON.stringify([process.env, process.cwd()]))", { env });
    expect(JSON.parse(lines.join())).toEqual([env, folder]);
  });

  test("that cannot be found is an error", async () => {
    await expect(run("", { command: join(folder, "nowhere") })).rejects.toThrow("ENOENT");
  });

  test("leaves nothing behind that it started", async () => {
    hastenClock(50);
    const { lines } = await run(`
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "ignore" });
      child.unref();
      console.log(child.pid);
    `);
    expect(isRunning(Number(lines[0]))).toBe(false);
  });
});

describe("a program that is stopped", () => {
  const patient = `
    process.on("SIGINT", () => { console.log("interrupted"); process.exit(130); });
    setTimeout(() => {}, 60000);
    console.log("ready");
  `;

  test("is interrupted when the signal is aborted", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    expect(await run(patient, { signal, onLine: () => controller.abort() })).toEqual({
      code: 130,
      stopped: "aborted",
      lines: ["ready", "interrupted"],
    });
  });

  test("is interrupted when its time is up", async () => {
    expect(await run(patient, { timeout: 800 })).toEqual({
      code: 130,
      stopped: "timeout",
      lines: ["ready", "interrupted"],
    });
  });

  test("is stopped at once when the signal was aborted before", async () => {
    expect(await run(patient, { signal: AbortSignal.abort() })).toMatchObject({ stopped: "aborted" });
  });

  test("is asked again, and then made to end, when it ignores that", async () => {
    hastenClock(300);
    const controller = new AbortController();
    const { lines, ...result } = await run(
      `
      for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => console.log(name));
      setTimeout(() => {}, 60000);
      console.log("ready");
    `,
      { signal: controller.signal, timeout: 2_000_000, onLine: () => controller.abort() },
    );
    expect(result).toEqual({ code: null, stopped: "aborted" });
    expect(lines).toEqual(["ready", "SIGINT", "SIGTERM"]);
  });
});
