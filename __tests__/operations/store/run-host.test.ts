import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  newRunId,
  processStart,
  runHost,
  runStatus,
  sourceRevision,
  whoRuns,
} from "../../../operations/store/run-host";

test("ids of runs sort by time, and two of one second differ", () => {
  const [one, other] = [
    newRunId(new Date("2026-11-26T17:20:00.5Z")),
    newRunId(new Date("2026-11-26T17:20:00Z")),
  ];
  expect(one).toMatch(/^2026-11-26T17-20-00Z-[0-9a-f]{6}$/);
  expect(one).not.toBe(other);
});

test("a run knows its process, and whoever looks later can tell it from another with the same id", async () => {
  expect(runHost()).toMatchObject({ name: hostname(), pid: process.pid });
  expect(runHost()).toEqual(runHost());
  expect(whoRuns()).toBe(`${userInfo().username}@${hostname()}`);
  if (process.platform !== "linux") return;
  expect(runHost().boot).toMatch(/^[0-9a-f-]{36}$/);
  expect(runHost().namespace).toMatch(/^pid:\[\d+\]$/);
  expect(runHost().started).toBe(processStart(process.pid));
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const started = processStart(child.pid ?? 0);
  expect(Number(started)).toBeGreaterThanOrEqual(Number(runHost().started));
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await ended;
  expect(processStart(child.pid ?? 0)).toBeUndefined();
});

test("a process that has ended and was not waited for does not run", async () => {
  if (process.platform !== "linux") return;
  const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 10"]);
  const [pid] = (await once(parent.stdout, "data")) as [Buffer];
  const hasEnded = () => / Z /.test(readFileSync(`/proc/${Number(pid)}/stat`, "utf8"));
  while (!hasEnded()) await sleep(10);
  expect(processStart(Number(pid))).toBeUndefined();
  parent.kill();
});

test("what became of a run elsewhere nobody knows, unless it said so", () => {
  const here = runHost();
  const others = [{ name: "other" }, { boot: "another" }, { namespace: "pid:[1]" }, { started: undefined }];
  for (const other of others) {
    const host = { ...here, ...other };
    expect(runStatus({ host }, here)).toBe("unfinished");
    expect(runStatus({ host, outcome: "stopped" }, here)).toBe("stopped");
  }
  if (process.platform !== "linux") return;
  expect(runStatus({ host: here }, here)).toBe("running");
  expect(runStatus({ host: { ...here, started: "1" } }, here)).toBe("killed");
});

describe("the revision of the sources", () => {
  let folder: string;
  const before = { ...process.env };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "meridian-git-"));
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true });
  });
  const git = (...args: readonly string[]) => {
    const who = ["-c", "user.name=ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" }).trim();
  };

  test("is the commit, and says whether files have changed since", async () => {
    git("init", "--quiet");
    expect(await sourceRevision(folder)).toBeUndefined();
    writeFileSync(join(folder, "a"), "a");
    git("add", "a");
    git("commit", "--quiet", "--message", "a");
    const commit = git("rev-parse", "HEAD");
    process.env.GIT_DIR = "/nowhere";
    expect(await sourceRevision(folder)).toBe(commit);
    writeFileSync(join(folder, "b"), "b");
    expect(await sourceRevision(folder)).toBe(`${commit}-dirty`);
  });

  test("is not known without git", async () => {
    expect(await sourceRevision(folder)).toBeUndefined();
    process.env.PATH = "/nowhere";
    expect(await sourceRevision(folder)).toBeUndefined();
  });
});
