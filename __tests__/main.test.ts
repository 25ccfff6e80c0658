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
    expect(names.filter((name) => /^stacks\/[\w-]+\/cdk\.tf\.json$/.test(name))).toHaveLength(15);
    expect(names).toHaveLength(17);
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
