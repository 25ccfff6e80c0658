import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { writeFleet } from "../bench/generate-fleet";
import { projectRoot } from "../fleet/project";
import { runNode } from "./support/run-node";

const fixtures = join(projectRoot, "__tests__", "check", "fixtures");

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "meridian-main-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A checkout's fleet and sources, in a folder of their own. */
function checkout(...path: readonly string[]): string {
  const folder = join(root, ...path);
  mkdirSync(folder, { recursive: true });
  cpSync(join(projectRoot, "fleet.yaml"), join(folder, "fleet.yaml"));
  cpSync(join(projectRoot, "functions"), join(folder, "functions"), { recursive: true });
  return folder;
}

/** Runs what `cdktf synth` runs, in a folder. */
function synth(cwd: string, env: Readonly<Record<string, string>> = {}) {
  return runNode("bin/app.js", [], { cwd, env: { CDKTF_OUTDIR: join(cwd, "out"), ...env } });
}

/** Every file below a folder, by its path, a character per byte of a zip. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map(({ name, parentPath }) => join(parentPath, name))
      .sort()
      .map((path) => {
        const encoding = path.endsWith(".zip") ? "latin1" : "utf8";
        return [path.slice(folder.length + 1), readFileSync(path, encoding)];
      }),
  );
}

describe("the same fleet in two checkouts", () => {
  let first: string;
  let second: string;

  beforeAll(async () => {
    first = checkout("a");
    second = checkout("another place", "deeper", "b");
    // The machines differ, too: their time zones, languages and clocks of the sources.
    for (const name of ["fleet.yaml", "functions/hello/index.ts"]) utimesSync(join(second, name), 1e9, 1e9);
    const [one, two] = await Promise.all([
      synth(first, { MERIDIAN_FLEET: "fleet.yaml", TZ: "America/Los_Angeles", LC_ALL: "C" }),
      synth(second, { MERIDIAN_FLEET: join(second, "fleet.yaml"), TZ: "Asia/Tokyo", LC_ALL: "sv_SE.UTF-8" }),
    ]);
    expect([one.code, two.code]).toEqual([0, 0]);
  });

  test("is synthesized to the same bytes, the bundles included", () => {
    const files = filesIn(join(first, "out"));
    expect(files).toEqual(filesIn(join(second, "out")));
    const names = Object.keys(files);
    expect(names).toContain("manifest.json");
    expect(names.filter((name) => /^bundles\/hello\.[0-9a-f]{12}\.zip$/.test(name))).toHaveLength(1);
    expect(names.filter((name) => /^bundles\/hash-bodies\.[0-9a-f]{12}\.zip$/.test(name))).toHaveLength(1);
    expect(names.filter((name) => /^stacks\/[\w-]+\/cdk\.tf\.json$/.test(name))).toHaveLength(18);
    expect(names).toHaveLength(21);
  });

  test("holds neither a folder of the machine nor the day", () => {
    const [day] = new Date().toISOString().split("T");
    for (const [name, text] of Object.entries(filesIn(join(first, "out")))) {
      for (const secret of [root, projectRoot, tmpdir(), String(day)]) {
        expect({ name, secret, found: text.includes(secret) }).toEqual({ name, secret, found: false });
      }
    }
  });

  test("is synthesized again without a change, and without what an older synth left", async () => {
    const out = join(first, "out");
    const before = filesIn(out);
    writeFileSync(join(out, "bundles", "hello.000000000000.zip"), "old");
    utimesSync(join(first, "functions", "hello", "index.ts"), 2e9, 2e9);
    expect((await synth(first)).code).toBe(0);
    expect(filesIn(out)).toEqual(before);
  });
});

describe("in two threads", () => {
  const threads = { MERIDIAN_SYNTH_THREADS: "2" };
  let large: string;

  beforeAll(() => {
    large = join(root, "large");
    writeFleet(large, 200);
  });

  test("the example has the same bytes as in one", async () => {
    const cwd = checkout("threads");
    const outs = [join(cwd, "one"), join(cwd, "two")] as const;
    expect((await synth(cwd, { CDKTF_OUTDIR: outs[0] })).code).toBe(0);
    expect(await synth(cwd, { CDKTF_OUTDIR: outs[1], ...threads })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect(filesIn(outs[1])).toEqual(filesIn(outs[0]));
  });

  test("Ctrl-C ends all, nothing half-written counts, and the next synth clears it away", async () => {
    const out = join(large, "out");
    const child = spawn(process.execPath, [join(projectRoot, "bin", "app.js")], {
      cwd: large,
      env: { PATH: process.env.PATH, CDKTF_OUTDIR: out, ...threads },
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    const written = join(out, ".synth", "1", "stacks");
    while (!existsSync(written) && child.exitCode === null) await setTimeout(5);
    child.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
    expect(readdirSync(out)).toEqual([".synth"]);
    expect((await synth(large, threads)).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["bundles", "manifest.json", "stacks"]);
    expect(readdirSync(join(out, "stacks"))).toHaveLength(300);
  });
});

test("what is no number of threads is refused, and nothing is written", async () => {
  const cwd = checkout("no number");
  const { code, stderr } = await synth(cwd, { MERIDIAN_SYNTH_THREADS: "both" });
  expect(code).toBe(1);
  expect(stderr).toContain('MERIDIAN_SYNTH_THREADS is "both"');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(existsSync(join(cwd, "out"))).toBe(false);
});

test("a fleet that fails a check is refused with everything that is wrong, and nothing is written", async () => {
  const cwd = join(fixtures, "wrong-type");
  const out = join(root, "bad");
  const { code, stderr, stdout } = await synth(cwd, { CDKTF_OUTDIR: out });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  const expected: readonly Record<string, string>[] = JSON.parse(
    readFileSync(join(cwd, "expected.json"), "utf8"),
  );
  expect(stderr.match(/^fleet\.yaml:\d+:\d+ .*$/gm)).toEqual(
    expected.map(({ code, column, line, severity }) => `fleet.yaml:${line}:${column} ${severity} ${code}`),
  );
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(existsSync(out)).toBe(false);
});

test("what was synthesized before stays when the fleet goes bad", async () => {
  const out = join(root, "spoiled");
  mkdirSync(join(out, "bundles"), { recursive: true });
  writeFileSync(join(out, "bundles", "hello.000000000000.zip"), "old");
  expect((await synth(join(fixtures, "wrong-type"), { CDKTF_OUTDIR: out })).code).toBe(1);
  expect(filesIn(out)).toEqual({ "bundles/hello.000000000000.zip": "old" });
});

test("warnings are shown and stop nothing", async () => {
  const out = join(root, "warned");
  const { code, stderr } = await synth(join(fixtures, "opt-in-region"), { CDKTF_OUTDIR: out });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^fleet\.yaml:\d+:\d+ warning opt-in-region$/m);
  expect(existsSync(join(out, "manifest.json"))).toBe(true);
});
