import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { type RunOptions, runNode } from "../support/run-node";

const fixtures = join(projectRoot, "__tests__", "check", "fixtures");
const check = (args: readonly string[], options?: RunOptions) =>
  runNode("bin/meridian.js", ["check", ...args], options);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-check-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the example fleet has no problems, and no credentials are needed to say so", async () => {
  const { code, stderr, stdout } = await check([], { env: { HOME: "", AWS_PROFILE: "nowhere" } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^fleet\.yaml: (no problems|\d+ hints?)\n$/m);
});

test("what AWS ends on a day is compared with the day that is said", async () => {
  const cwd = join(fixtures, "runtime-ended");
  const [before, after, never] = await Promise.all(
    ["2027-01-31", "2027-02-01", "2027-02-30"].map((day) => check(["--on", day], { cwd })),
  );
  expect(before).toMatchObject({ code: 0, stdout: expect.stringContaining("warning runtime-ending") });
  expect(after).toMatchObject({ code: 1, stdout: expect.stringContaining("error runtime-ended") });
  expect(never).toMatchObject({ code: 1, stderr: expect.stringContaining('--on is "2027-02-30"') });
});

test("how much the routers leave of what CloudFront allows is said", async () => {
  const { stdout } = await check([]);
  expect(stdout).toMatch(
    /^the largest of \d+ routers, that of cell "\w+", takes up \d\.\d KB of 10\.0 KB, leaving \d\.\d KB$/m,
  );
});

test("everything that is wrong is said at once, each with its place and its fix", async () => {
  const cwd = join(fixtures, "wrong-type");
  const { code, stderr, stdout } = await check([], { cwd });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  const expected: readonly Record<string, string>[] = JSON.parse(
    readFileSync(join(cwd, "expected.json"), "utf8"),
  );
  expect(stdout.match(/^fleet\.yaml:\d+:\d+ .*$/gm)).toEqual(
    expected.map(({ code, column, line, severity }) => `fleet.yaml:${line}:${column} ${severity} ${code}`),
  );
  expect(stdout.match(/^ {4}why: \S/gm)).toHaveLength(expected.length);
  expect(stdout.match(/^ {4}fix: \S/gm)).toHaveLength(expected.length);
  expect(stdout).toMatch(/^fleet\.yaml: \d+ errors.*\n$/m);
});

describe.each([
  ["a good fleet", join(projectRoot, "fleet.yaml"), { code: 0, ok: true, severities: [] }],
  ["errors", join(fixtures, "wrong-type", "fleet.yaml"), { code: 1, ok: false, severities: ["error"] }],
  [
    "only warnings",
    join(fixtures, "opt-in-region", "fleet.yaml"),
    { code: 0, ok: true, severities: ["warning"] },
  ],
])("--json with %s", (_, file, expected) => {
  const checked = check(["--json"], { env: { MERIDIAN_FLEET: file } });

  test("has its exit code", async () => {
    const { code, stderr } = await checked;
    expect({ code, stderr }).toEqual({ code: expected.code, stderr: "" });
  });

  test("is what scripts rely on", async () => {
    const report = JSON.parse((await checked).stdout);
    expect(report).toEqual({
      ok: expected.ok,
      diagnostics: expect.any(Array),
      routers: expect.any(Array),
    });
    expect(report.routers.length > 0).toBe(expected.ok);
    for (const router of report.routers) {
      expect(router).toEqual({ cell: expect.any(String), bytes: expect.any(Number), limit: 10_240 });
    }
    const severities = report.diagnostics.map(({ severity }: { severity: string }) => severity);
    expect([...new Set(severities)].filter((severity) => severity !== "info")).toEqual(expected.severities);
    for (const diagnostic of report.diagnostics) {
      expect(diagnostic).toEqual({
        code: expect.stringMatching(/^[a-z-]+$/),
        severity: expect.stringMatching(/^(error|warning|info)$/),
        message: expect.stringMatching(/./),
        why: expect.stringMatching(/./),
        fix: expect.stringMatching(/./),
        path: expect.any(String),
        file,
        line: expect.any(Number),
        column: expect.any(Number),
      });
    }
  });
});

test("text that is no YAML has a position, not a stack trace", async () => {
  writeFileSync(join(folder, "broken.yaml"), "fleet: acme\nservices: [a, b\ncells: {}\n");
  const { code, stderr, stdout } = await check([], { cwd: folder, env: { MERIDIAN_FLEET: "broken.yaml" } });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^broken\.yaml:[23]:\d+ error yaml-syntax$/m);
  expect(stdout + stderr).not.toMatch(/^\s+at /m);
});

test("a file that is not there is a finding that says how to name another", async () => {
  const { code, stderr, stdout } = await check([], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toMatch(/^fleet\.yaml:1:1 error no-fleet-file\n/);
  expect(stdout).toContain("--fleet or MERIDIAN_FLEET");
});

test("a finding about two places names both, for people and for scripts", async () => {
  const cwd = join(fixtures, "duplicate-account-id");
  const [text, json] = await Promise.all([check([], { cwd }), check(["--json"], { cwd })]);
  expect(text.stdout).toContain("    and: fleet.yaml:3:14 (accounts.web.id)\n    why: ");
  expect(JSON.parse(json.stdout).diagnostics).toMatchObject([
    { line: 4, column: 14, other: { path: "accounts.web.id", line: 3, column: 14 } },
  ]);
});

test("a key that appears twice names the first, which no path leads to", async () => {
  const { stdout } = await check([], { cwd: join(fixtures, "duplicate-key") });
  expect(stdout).toContain("    and: fleet.yaml:1:1\n");
});
