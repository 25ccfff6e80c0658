import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { type RunOptions, runNode } from "../support/run-node";

const bad = join(projectRoot, "__tests__", "check", "fixtures", "unknown-region", "fleet.yaml");
const meridian = (args: readonly string[], options?: RunOptions) => runNode("bin/meridian.js", args, options);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the fleet file", () => {
  test("is the one that MERIDIAN_FLEET names, and --fleet is stronger", async () => {
    const env = { MERIDIAN_FLEET: bad };
    const named = await meridian(["check"], { env });
    expect(named.stdout).toContain("unknown-region");
    expect(named.code).toBe(1);
    expect((await meridian(["--fleet", join(projectRoot, "fleet.yaml"), "check"], { env })).code).toBe(0);
  });

  test("is looked for where the command is run, and its sources beside it", async () => {
    const elsewhere = join(folder, "some where", "deep");
    cpSync(join(projectRoot, "fleet.yaml"), join(elsewhere, "fleet.yaml"));
    cpSync(join(projectRoot, "functions"), join(elsewhere, "functions"), { recursive: true });
    expect((await meridian(["check"], { cwd: elsewhere })).code).toBe(0);
    const fromAbove = await meridian(["--fleet", "deep/fleet.yaml", "check"], { cwd: join(elsewhere, "..") });
    expect(fromAbove).toMatchObject({ code: 0, stdout: expect.stringContaining("deep/fleet.yaml: ") });
  });
});

describe("the command line", () => {
  test.each([
    [["chekc"], /unknown command 'chekc'.*\n\(Did you mean check\?\)/],
    [["check", "--jsno"], /unknown option '--jsno'/],
    [["start", "--port", "many"], /must be a whole number/],
    [["start", "--parallelism", "0"], /must be a whole number/],
    [["lock", "--platform", "linux"], /must be an operating system and an architecture/],
    [["plan", "--role", "arn:aws:iam::111111111111:role/reader"], /must be the name of a role/],
  ])("refuses %j in few lines, and names --help", async (args, message) => {
    const { code, stderr, stdout } = await meridian(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toContain("--help");
    expect(stderr.trim().split("\n").length).toBeLessThan(5);
  });

  test("explains itself", async () => {
    const { code, stdout } = await meridian(["--help"]);
    expect(code).toBe(0);
    for (const command of [
      "assemble",
      "check",
      "targets",
      "doctor",
      "lock",
      "deploy",
      "releases",
      "runs",
      "start",
      "drain",
      "undrain",
      "drains",
      "accounts",
      "bill",
      "sandbox",
    ])
      expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, "m"));
  });

  test.each([
    [["deploy"], "nothing was deployed"],
    [["rollback", "globex"], "nothing was rolled back"],
    [["drain", "eu-central-1"], "nothing was drained"],
    [["undrain", "eu-central-1"], "nothing was undrained"],
  ])("%j that would go to AWS and cannot ask says so before it does anything", async (args, otherwise) => {
    const { code, stderr, stdout } = await meridian(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^error ${otherwise}: it was not approved\n.*\n.*--yes`));
  });

  test.each(["--yes", "-y", "--auto-approve"])("%s approves", async (option) => {
    const { code, stderr } = await meridian(["--fleet", bad, "deploy", option]);
    expect(code).toBe(1);
    expect(stderr).not.toContain("approved");
    expect(stderr).toContain("has 4 errors");
  });

  test("a command for a running sandbox says so when none answers", async () => {
    const { code, stderr } = await meridian(["sandbox", "--port", "1", "outage", "eu-west-1"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/nothing answers at http:\/\/127\.0\.0\.1:1/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
