import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import type { LogLine } from "../../sandbox/lambda/logs";
import { runNode } from "../support/run-node";

let sandbox: Server;
let lines: LogLine[];
let asked: URLSearchParams[];
beforeEach(async () => {
  lines = [line(1, "first"), line(2, "second")];
  asked = [];
  sandbox = createServer(({ url }, response) => {
    const query = new URL(String(url), "http://127.0.0.1").searchParams;
    asked.push(query);
    response.end(JSON.stringify(lines.filter(({ sequence }) => sequence > Number(query.get("after")))));
  });
  await new Promise<void>((resolve) => sandbox.listen(0, "127.0.0.1", resolve));
});
afterEach(() => new Promise((resolve) => sandbox.close(resolve)));

function line(sequence: number, message: string): LogLine {
  const place = { account: "111111111111", region: "eu-central-1", function: "acme_globex_hello" };
  return { sequence, time: "2026-01-31T12:00:00.000Z", ...place, version: "1", message };
}

const args = (...more: string[]) => {
  const { port } = sandbox.address() as AddressInfo;
  return ["sandbox", "--port", String(port), "logs", ...more];
};

it("takes the name of a service, for its functions in all cells", async () => {
  const { code, stdout } = await runNode("bin/meridian.js", args("hello"));
  expect([code, stdout]).toEqual([0, expect.stringMatching(/acme_globex_hello +first\n.*second\n$/)]);
  expect(asked[0]?.getAll("function")).toEqual([
    "acme_globex_hello",
    "acme_initech_hello",
    "acme_staging_hello",
  ]);
}, 30_000);

it("takes the name of a function, too, and says when it has logged nothing", async () => {
  lines = [];
  const { stdout } = await runNode("bin/meridian.js", args("mine"));
  expect(asked[0]?.getAll("function")).toEqual(["mine"]);
  expect(stdout).toBe("Nothing was logged yet by mine.\n");
}, 30_000);

it.each([
  ["with errors", "fleet: acme\n"],
  ["that is none", undefined],
])(
  "takes the name of a function with a fleet file %s",
  async (_, text) => {
    const folder = mkdtempSync(join(tmpdir(), "meridian-logs-"));
    const file = join(folder, "fleet.yaml");
    if (text !== undefined) writeFileSync(file, text);
    const { code, stderr, stdout } = await runNode("bin/meridian.js", ["--fleet", file, ...args("mine")]);
    rmSync(folder, { recursive: true });
    const note = `note: ${file} cannot be used: "mine" is taken for a function\n`;
    expect({ code, stderr }).toEqual({ code: 0, stderr: note });
    expect(stdout).toMatch(/first\n.*second\n$/);
    expect(asked[0]?.getAll("function")).toEqual(["mine"]);
  },
  30_000,
);

it("follows until Ctrl-C, and ends quietly", async () => {
  const { HOME = "", PATH = "" } = process.env;
  const child = spawn(process.execPath, [join(projectRoot, "bin/meridian.js"), ...args("--follow")], {
    cwd: projectRoot,
    env: { HOME, PATH, NO_COLOR: "1" },
  });
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    if (stdout.endsWith("second\n")) lines = [...lines, line(3, "third")];
    if (stdout.endsWith("third\n")) child.kill("SIGINT");
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const messages = stdout.trim().split("\n");
  expect(messages.map((text) => text.split("  ").at(-1))).toEqual(["first", "second", "third"]);
  expect(messages[0]).toBe("2026-01-31T12:00:00.000Z  111111111111  eu-central-1  acme_globex_hello  first");
}, 30_000);

it("has no JSON that does not end", async () => {
  const { code, stderr } = await runNode("bin/meridian.js", args("--follow", "--json"));
  expect([code, stderr]).toEqual([1, expect.stringContaining("--json")]);
}, 30_000);
