import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPlan, initAndPlan, planStack, TerraformFailure } from "../../../operations/terraform/terraform";

/** Says what the real one says, for the real one takes seconds. What it was asked for is in `calls`. */
const program = `#!/bin/sh
echo "$1" >> calls
say() { printf '{"@message":"Error","type":"diagnostic","diagnostic":{"severity":"error","summary":"%s"}}\\n' "$1"; exit 1; }
case $1 in
  init) rm -rf .terraform; mkdir .terraform; touch .terraform/current ;;
  plan)
    [ -e wrong ] && say 'Unsupported argument'
    [ -e .terraform/empty ] && say 'Required plugins are not installed'
    [ -e .terraform/current ] || say 'Backend initialization required, please run \\"terraform init\\"'
    exit 2 ;;
  apply)
    [ -e .terraform/current ] || say 'Required plugins are not installed: run terraform init'
    echo '{"@message":"x: Creating","type":"apply_start","hook":{"action":"create"}}'
    echo '{"@message":"y: Reading","type":"apply_start","hook":{"action":"read"}}'
    [ -e wrong ] && say 'AWS said no, and something of terraform init'
    exit 0 ;;
esac
`;

let folder: string;
const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
const context = () => ({ folder, env: { PATH: `${folder}:${process.env.PATH}` } });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-terraform-"));
  writeFileSync(join(folder, "terraform"), program, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("planning", () => {
  test("a folder that was never initialized is initialized first", async () => {
    expect(await initAndPlan(context(), "plan")).toBe(true);
    expect(calls()).toEqual(["init", "plan"]);
  });

  test("one that is initialized is planned at once", async () => {
    await initAndPlan(context(), "plan");
    await initAndPlan(context(), "plan");
    expect(calls()).toEqual(["init", "plan", "plan"]);
  });

  test("one that has to be initialized anew, for its backend has changed, is", async () => {
    mkdirSync(join(folder, ".terraform"));
    expect(await initAndPlan(context(), "plan")).toBe(true);
    expect(calls()).toEqual(["plan", "init", "plan"]);
    expect(existsSync(join(folder, ".terraform", "current"))).toBe(true);
  });

  test("one whose provider is gone is", async () => {
    mkdirSync(join(folder, ".terraform"));
    writeFileSync(join(folder, ".terraform", "empty"), "");
    expect(await initAndPlan(context(), "plan")).toBe(true);
  });

  test("what initializing does not help against is said at once", async () => {
    mkdirSync(join(folder, ".terraform"));
    writeFileSync(join(folder, "wrong"), "");
    await expect(initAndPlan(context(), "plan")).rejects.toThrow("Unsupported argument");
    expect(calls()).toEqual(["plan"]);
  });

  test("an error says which kind it is", async () => {
    await expect(planStack(context(), "plan")).rejects.toEqual(
      new TerraformFailure("uninitialized", 'Backend initialization required, please run "terraform init"'),
    );
    await expect(planStack(context(), "plan")).rejects.toMatchObject({ kind: "uninitialized" });
  });
});

describe("applying", () => {
  test("a folder in which the plan was not made is initialized first, and things that are only read are not counted", async () => {
    const events: (string | undefined)[] = [];
    await applyPlan(context(), "plan", ({ hook }) => events.push(hook?.action));
    expect(calls()).toEqual(["apply", "init", "apply"]);
    expect(events.filter((action) => action !== undefined)).toEqual(["create"]);
  });

  test("what has begun is not begun again", async () => {
    mkdirSync(join(folder, ".terraform"));
    for (const name of [".terraform/current", "wrong"]) writeFileSync(join(folder, name), "");
    await expect(applyPlan(context(), "plan")).rejects.toThrow("AWS said no");
    expect(calls()).toEqual(["apply"]);
  });
});
