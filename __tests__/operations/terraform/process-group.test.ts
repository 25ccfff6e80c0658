import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type GroupOptions,
  type GroupResult,
  runGroup,
  type Workers,
} from "../../../operations/terraform/process-group";
import { followTerraform } from "../../../operations/terraform/workers";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-group-"));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Stands for Terraform: notes in a file named after the process what happens to it. In shell, because Node.js forgets
 * which signals it was told to ignore.
 */
const worker = `#!/bin/sh
note() { printf '%s ' "$1" >> "worker-$$"; }
trap 'note interrupted; interrupted=1' INT
note started
steps=20
[ "$1" = prompt ] || steps=1200
while [ "$steps" -gt 0 ]; do
  steps=$((steps - 1))
  sleep 0.05
  [ "$1" = slow ] && [ -n "$interrupted" ] && exit 0
done
note finished
`;

/**
 * As the CLI of CDKTF does: runs workers in sessions of their own, one after the other, ends when one fails, and hangs
 * up on the others.
 */
const leader = `
  const { spawn } = require("node:child_process");
  const { existsSync } = require("node:fs");
  const workers = new Set();
  const begin = () => {
    const one = spawn(process.env.TERRAFORM_BINARY_NAME, [process.argv[2]], { detached: true, stdio: "ignore" });
    workers.add(one);
    one.once("exit", (code) => {
      workers.delete(one);
      if (code === 0) return begin();
      for (const other of workers) other.kill("SIGHUP");
      process.exit(1);
    });
    return one;
  };
  const first = [begin(), begin()];
  const timer = setInterval(() => {
    if (first.every(({ pid }) => existsSync("worker-" + pid))) { console.log("ready"); clearInterval(timer); }
  }, 20);
`;

interface Run extends GroupResult {
  readonly lines: readonly string[];
}

async function run(
  script: string,
  { onLine, ...more }: Partial<GroupOptions> = {},
  kind: "prompt" | "slow" | "stubborn" = "prompt",
): Promise<Run> {
  writeFileSync(join(folder, "program.js"), script);
  const lines: string[] = [];
  const result = await runGroup({
    command: process.execPath,
    args: ["program.js", kind],
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

/** What each worker noted, and that none of them runs any more. */
function notes(): readonly string[] {
  const files = readdirSync(folder).filter((name) => name.startsWith("worker-"));
  for (const name of files) expect(isRunning(Number(name.slice("worker-".length)))).toBe(false);
  return files.map((name) => readFileSync(join(folder, name), "utf8").trim());
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

describe("a program without workers", () => {
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

describe("a program with workers in sessions of their own", () => {
  let workers: Workers;

  beforeEach(() => {
    writeFileSync(join(folder, "terraform"), worker, { mode: 0o755 });
    workers = followTerraform(join(folder, "scratch"));
  });
  afterEach(() => {
    workers.close();
    expect(readdirSync(join(folder, "scratch"))).toEqual([]);
  });

  /** Finds the worker as Terraform is found: on the PATH. */
  const runLeader = (options: Partial<GroupOptions>, kind?: "prompt" | "slow" | "stubborn") =>
    run(leader, { env: { PATH: `${folder}:/bin:/usr/bin` }, workers, ...options }, kind);

  test("is stopped once those that have begun are finished, and begins no others", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const result = await runLeader({ signal, onLine: () => controller.abort() });
    expect(result).toEqual({ code: 1, stopped: "aborted", lines: ["ready"] });
    expect(notes()).toEqual(["started finished", "started finished"]);
  });

  test("is stopped the same way when its time is up", async () => {
    expect(await runLeader({ timeout: 600 })).toMatchObject({ code: 1, stopped: "timeout" });
    // On a busy machine, none may have begun by then.
    for (const note of notes()) expect(note).toBe("started finished");
  });

  test("may end before them: they are waited for, and its hanging up does not end them", async () => {
    const fails = leader.replace(
      'console.log("ready");',
      "for (const one of workers) one.kill('SIGHUP'); process.exit(1);",
    );
    const result = await run(fails, { env: { PATH: `${folder}:/bin:/usr/bin` }, workers });
    expect(result).toMatchObject({ code: 1, stopped: undefined });
    expect(notes()).toEqual(["started finished", "started finished"]);
  });

  test("in a hurry, each worker is interrupted exactly once, and still ends by itself", async () => {
    const [stop, hurry] = [new AbortController(), new AbortController()];
    const onLine = () => {
      stop.abort();
      setTimeout(() => hurry.abort(), 200);
    };
    const result = await runLeader({ signal: stop.signal, hurry: hurry.signal, onLine }, "slow");
    expect(result).toMatchObject({ code: 1, stopped: "aborted" });
    expect(notes()).toEqual(["started interrupted", "started interrupted"]);
  });

  test("in a hurry, a worker that does not heed the interruption is made to end", async () => {
    hastenClock(300);
    const controller = new AbortController();
    const hurry = AbortSignal.abort();
    const onLine = () => controller.abort();
    const options = { signal: controller.signal, hurry, timeout: 5_000_000, onLine };
    expect(await runLeader(options, "stubborn")).toMatchObject({ stopped: "aborted" });
    expect(notes()).toEqual(["started interrupted", "started interrupted"]);
  });

  test("is interrupted itself when no worker runs and it does not end", async () => {
    hastenClock(20);
    const controller = new AbortController();
    const { signal } = controller;
    const idle = "console.log('ready'); setTimeout(() => {}, 60000)";
    const result = await run(idle, { signal, workers, timeout: 5_000_000, onLine: () => controller.abort() });
    expect(result).toMatchObject({ code: null, stopped: "aborted" });
  });
});
