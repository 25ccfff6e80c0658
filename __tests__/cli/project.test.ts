import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { runNode } from "../support/run-node";

const fleet = join(projectRoot, "fleet.yaml");

/** A project of one's own, whose main.ts cannot be used. */
let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "meridian-project-"));
  mkdirSync(join(project, "functions"));
  writeFileSync(join(project, "cdktf.json"), "{}");
  writeFileSync(join(project, "main.ts"), 'throw new Error("mine");');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const meridian = (cwd: string, ...args: readonly string[]) =>
  runNode("bin/meridian.js", ["--fleet", fleet, ...args], { cwd });

test("the project is the nearest folder above with a cdktf.json, and it has main.ts", async () => {
  const { code, stderr } = await meridian(join(project, "functions"), "targets");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error main\.ts:1:7 throws: mine\n {2}why: /m);
});

test("what Meridian brings along is found in its own folder, wherever the project is", async () => {
  const own = join(project, "inner");
  mkdirSync(own);
  writeFileSync(join(own, "cdktf.json"), "{}");
  const synth = JSON.stringify(join(projectRoot, "stacks", "synth"));
  writeFileSync(join(own, "main.ts"), `import { synth } from ${synth};\nsynth();`);
  const env = { MERIDIAN_FLEET: fleet, CDKTF_OUTDIR: join(own, "out"), MERIDIAN_SYNTH_THREADS: "2" };
  expect(await runNode("bin/app.js", [], { cwd: own, env })).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(existsSync(join(own, "out", "manifest.json"))).toBe(true);
});

test("elsewhere it is the one that Meridian is a part of", async () => {
  expect((await meridian(tmpdir(), "targets")).code).toBe(0);
});

test.each([["check", "--json"], ["plan"], ["residency"], ["releases", "globex"]])(
  "%s needs to know the extensions",
  async (...args) => {
    const { code, stderr, stdout } = await meridian(project, ...args);
    expect(code).toBe(1);
    expect(stderr).toContain("main.ts:1:7 throws: mine");
    if (args.includes("--json"))
      expect(JSON.parse(stdout)).toMatchObject({ error: expect.stringContaining("mine") });
  },
);

test("the app as well: nothing is synthesized without them", async () => {
  const { code, stderr } = await runNode("bin/app.js", [], { cwd: project, env: { MERIDIAN_FLEET: fleet } });
  expect(code).toBe(1);
  expect(stderr).toContain("main.ts:1:7 throws: mine");
});

test("drain, which is in a hurry, goes on with a main.ts that is broken", async () => {
  const { stderr } = await meridian(project, "drain", "eu-nowhere-1", "--yes");
  expect(stderr).toMatch(/^error no cell .*eu-nowhere-1/m);
});
