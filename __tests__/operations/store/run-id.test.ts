import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { newRunId, sourceRevision, whoRuns } from "../../../operations/store/run-id";

test("ids of runs sort by time, and two of one second differ", () => {
  const [one, other] = [
    newRunId(new Date("2026-11-26T17:20:00.5Z")),
    newRunId(new Date("2026-11-26T17:20:00Z")),
  ];
  expect(one).toMatch(/^2026-11-26T17-20-00Z-[0-9a-f]{6}$/);
  expect(one).not.toBe(other);
});

test("a run says who began it", () => {
  expect(whoRuns()).toBe(`${userInfo().username}@${hostname()}`);
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
