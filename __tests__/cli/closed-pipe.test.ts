import { spawn } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { type LocalAws, startLocalAws } from "../support/local-aws";

/** Runs the command line with nobody who reads one of its streams, and returns how it ended and what the other says. */
function unread(
  closed: "stderr" | "stdout",
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const { HOME = "", PATH = "" } = process.env;
  return new Promise<{ readonly code: number | null; readonly text: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectRoot, "bin", "meridian.js"), ...args], {
      cwd: projectRoot,
      env: { HOME, PATH, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child[closed].destroy();
    let text = "";
    child[closed === "stdout" ? "stderr" : "stdout"].on("data", (chunk) => {
      text += chunk;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, text }));
  });
}

test.each([[["check"]], [["check", "--json"]], [["targets"]], [["residency"]], [["--help"]]])(
  "%j ends quietly where nobody reads its result, as if SIGPIPE had ended it",
  async (args) => {
    expect(await unread("stdout", args)).toEqual({ code: 141, text: "" });
  },
);

test("a result does not depend on who reads the warnings", async () => {
  const { code, text } = await unread("stderr", ["--fleet", "nowhere.yaml", "targets", "--json"]);
  expect(code).toBe(1);
  expect(JSON.parse(text)).toMatchObject([{ ok: false, error: expect.stringContaining("nowhere.yaml") }]);
});

describe("a drain", () => {
  let aws: LocalAws;
  let stores: readonly string[];
  beforeAll(async () => {
    aws = await startLocalAws();
    stores = await Promise.all([
      aws.createStore("222222222222", "acme_staging"),
      aws.createStore("333333333333", "acme_globex"),
    ]);
  });
  afterAll(() => aws.close());

  test("is done to its end in every cell", async () => {
    const { code, text } = await unread("stdout", ["drain", "eu-central-1"], aws.env);
    expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(/^Draining .*\n$/) });
    for (const store of stores)
      expect(aws.cloudFront.keyValueStore(store)?.get("drained")).toContain("eu-central-1");
  });
});
