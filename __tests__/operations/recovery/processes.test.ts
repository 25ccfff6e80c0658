import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  forgetProcesses,
  isRunning,
  noteProcess,
  processesOf,
  runningTerraforms,
  startOf,
  thisHost,
} from "../../../operations/recovery/processes";
import { until } from "../../../operations/terraform/process-group";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-processes-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a process is running until it has ended, and its id with another start is another process", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const pid = child.pid ?? 0;
  const started = startOf(pid);
  expect(started).toBeDefined();
  expect([
    isRunning({ pid, started }),
    isRunning({ pid, started: `${started}0` }),
    isRunning({ pid }),
  ]).toEqual([true, false, true]);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect([isRunning({ pid, started }), isRunning({ pid })]).toEqual([false, false]);
});

(process.platform === "linux" ? test : test.skip)(
  "a process that has ended, and that nobody has waited for, is not running",
  async () => {
    const parent = spawn("sh", ["-c", "sleep 1 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [line] = await once(parent.stdout, "data");
      const pid = Number(line);
      await until(() => readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "), 5_000);
      expect([startOf(pid), isRunning({ pid })]).toEqual([undefined, false]);
    } finally {
      parent.kill("SIGKILL");
    }
  },
);

test("a Terraform is seen whoever started it, until it has ended", async () => {
  const program = join(folder, "terraform");
  copyFileSync(process.execPath, program);
  const child = spawn(program, ["-e", "console.log(); setInterval(() => {}, 1000)"], {
    ...{ cwd: folder, stdio: ["ignore", "pipe", "ignore"] },
  });
  await once(child.stdout, "data");
  const seen = () => runningTerraforms()?.find(({ pid }) => pid === child.pid);
  expect(seen()).toMatchObject({ started: startOf(child.pid ?? 0) });
  if (process.platform === "linux") expect(seen()?.folder).toBe(realpathSync(folder));
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(seen()).toBeUndefined();
});

test("what a run noted is there for another process, by stack, in the order of its starts", () => {
  noteProcess(folder, "run-1", "globex_front", process.pid);
  noteProcess(folder, "run-1", "globex_front", process.ppid);
  noteProcess(folder, "run-1", "staging_front", process.pid);
  noteProcess(folder, "run-2", "globex_front", process.pid);
  expect(processesOf(folder, "run-1")).toEqual([
    { stack: "globex_front", pid: process.pid, started: startOf(process.pid) },
    { stack: "globex_front", pid: process.ppid, started: startOf(process.ppid) },
    { stack: "staging_front", pid: process.pid, started: startOf(process.pid) },
  ]);
  forgetProcesses(folder, "run-1");
  expect([processesOf(folder, "run-1"), processesOf(folder, "run-2").length]).toEqual([[], 1]);
});

test("a note that cannot be read is none", () => {
  noteProcess(folder, "run-1", "globex_front", process.pid);
  writeFileSync(join(folder, ".meridian", "processes", "run-1", "globex_front.json"), "[{");
  expect(processesOf(folder, "run-1")).toEqual([]);
});

test("this process says where it is", () => {
  const { boot, name, namespace, pid, started } = thisHost();
  expect([boot, name, namespace].every(Boolean)).toBe(true);
  expect({ pid, started }).toEqual({ pid: process.pid, started: startOf(process.pid) });
});
