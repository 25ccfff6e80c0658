import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { runNode } from "../support/run-node";

// Each test starts processes.
jest.setTimeout(30_000);

const folder = mkdtempSync(join(tmpdir(), "meridian-waiting-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = join(projectRoot, "functions", "hello", "index.ts");

/** A fleet with a cell in an account that is there, unless that is `alone`, and one in an account that is not. */
function fleetFile(name: string, alone = false): string {
  const blue = `
  blue: { stage: staging, targets: { blue: [eu-west-1] } }`;
  const file = join(folder, name);
  writeFileSync(
    file,
    `fleet: acme
organization: { management: management, units: [tenants] }
accounts:
  management: { id: "111111111111" }
  blue: { id: "222222222222", unit: tenants }
  newco: { email: aws+newco@example.com, unit: tenants }
services:
  hello: { source: ${JSON.stringify(source)} }
cells:${alone ? "" : blue}
  newco: { stage: staging, targets: { newco: [eu-central-1] } }
`,
  );
  return file;
}
const some = fleetFile("some.yaml");
const none = fleetFile("none.yaml", true);

const meridian = (file: string, ...args: readonly string[]) =>
  runNode("bin/meridian.js", ["--fleet", file, ...args]);
const leftOut = 'cell "newco" is left out: account "newco" has no id in the fleet file yet';
const next = "fix: npx cdktf deploy organization accounts, then npx meridian accounts --write";

test.each([["targets"], ["drill"], ["residency"]])("%s says which cells are left out", async (command) => {
  const { code, stdout } = await meridian(some, command);
  expect(code).toBe(0);
  expect(stdout).toContain("blue");
  expect(stdout).toContain(leftOut);
});

test.each([["drill"], ["residency"]])("%s says so in JSON, too", async (command) => {
  const { stdout } = await meridian(some, command, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, waiting: [{ name: "newco", accounts: ["newco"] }] });
});

test.each([["drill"], ["residency"]])("%s proves nothing of cells that are not there", async (command) => {
  for (const run of [meridian(none, command), meridian(some, command, "--cell", "newco")]) {
    const { code, stderr, stdout } = await run;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`error ${leftOut}\n`);
    expect(stderr).toContain(next);
  }
});

test.each([
  [["drain", "eu-central-1", "--yes"]],
  [["undrain", "eu-central-1", "--cell", "newco", "--yes"]],
  [["drains", "--cell", "newco"]],
])("%j says why there is nothing to do", async (args) => {
  const { code, stderr } = await meridian(none, ...args);
  expect(code).toBe(1);
  expect(stderr).toContain(leftOut);
  expect(stderr).not.toContain("the regions are ;");
});
