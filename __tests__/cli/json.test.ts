import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { runNode } from "../support/run-node";

// Each test starts a process.
jest.setTimeout(30_000);

const folder = mkdtempSync(join(tmpdir(), "meridian-json-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const broken = join(folder, "fleet.yaml");
writeFileSync(broken, "fleet: [acme\n");

const meridian = (...args: readonly string[]) => runNode("bin/meridian.js", args);

/** What commands need besides --json, to get as far as their fleet file. */
const more: Readonly<Record<string, readonly string[]>> = {
  deploy: ["--yes"],
  "rollback <cells...>": ["globex", "--yes"],
  "releases [cell]": ["globex"],
  start: ["--once"],
  "drain <region>": ["eu-central-1", "--yes"],
  "undrain <region>": ["eu-central-1", "--yes"],
  "sandbox outage <region>": ["--port", "1", "eu-central-1"],
  "sandbox logs [name]": ["--port", "1"],
};

/** Every command that takes --json, as it is declared. */
function commands(): readonly string[] {
  const source = readFileSync(join(projectRoot, "cli", "meridian.ts"), "utf8");
  const declared = [...source.matchAll(/(sandbox\s*)?\.command\("([^"]+)"\)(.*?)\.action\(/gs)];
  return declared.flatMap(([, of, name = "", options = ""]) =>
    options.includes('"--json"') ? [of === undefined ? name : `sandbox ${name}`] : [],
  );
}

/** Commands that read no fleet file. */
const withoutFleet: ReadonlySet<string> = new Set([
  "doctor",
  "sandbox outage <region>",
  "sandbox logs [name]",
]);

test("the commands are found where they are declared", () => {
  expect(commands()).toEqual(expect.arrayContaining(["check", ...Object.keys(more)]));
});

test.each(commands())("%s --json prints one document, whatever is wrong", async (command) => {
  const words = command.split(" ").filter((word) => /^[a-z]+$/.test(word));
  const { code, stdout } = await meridian("--fleet", broken, ...words, ...(more[command] ?? []), "--json");
  const document: unknown = JSON.parse(stdout);
  const [result] = Array.isArray(document) ? document : [document];
  expect(result).toHaveProperty("ok");
  if (command === "doctor") return;
  expect(code).toBe(1);
  expect(result).toMatchObject({ ok: false });
  if (withoutFleet.has(command)) return;
  expect(result.diagnostics).toEqual([
    expect.objectContaining({ code: "yaml-syntax", file: broken, line: 2 }),
  ]);
});

test.each([
  [["targets", "--json", "--jsno"], /unknown option '--jsno'/],
  [["chekc", "--json"], /unknown command 'chekc'/],
  [["start", "--json"], /--json is given without --once/],
  [["drain", "eu-central-1", "--json"], /nothing was drained: it was not approved/],
])("%j says in JSON that it was not understood, or refused", async (args, message) => {
  const { code, stdout } = await meridian(...args);
  expect(code).toBe(1);
  const document: unknown = JSON.parse(stdout);
  const [failure] = Array.isArray(document) ? document : [document];
  expect(failure).toMatchObject({ ok: false, error: expect.stringMatching(message) });
});

test("help is no failure", async () => {
  const { code, stdout } = await meridian("targets", "--json", "--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: meridian targets/);
});

test("an interrupted command says in JSON that it has no result", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { HOME = "", PATH = "" } = process.env;
  const child = spawn(
    process.execPath,
    [join(projectRoot, "bin", "meridian.js"), "drain", "eu-central-1", "--json"],
    {
      cwd: projectRoot,
      env: {
        ...{ HOME, PATH, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      },
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  silent.once("connection", () => child.kill("SIGINT"));
  let stdout = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  const [code] = await once(child, "close");
  silent.close();
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    error: "the command ended without a result; standard error says more",
  });
});
