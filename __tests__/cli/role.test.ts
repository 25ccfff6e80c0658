import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { projectRoot } from "../../fleet/project";
import { bootstrapFile } from "../support/bootstrap-fleet";
import { runNode } from "../support/run-node";

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-role-"));
  file = join(folder, "fleet.yaml");
  const services = { hello: { source: join(projectRoot, "functions/hello/index.ts") } };
  const { globex } = bootstrapFile.accounts;
  const accounts = {
    ...bootstrapFile.accounts,
    globex: { ...globex, email: "aws+globex@example.com" },
    outside: { unit: "workloads", email: "aws+outside@example.com" },
  };
  const bootstrap = { ...bootstrapFile.bootstrap, units: ["tenants"] };
  writeFileSync(file, stringify({ ...bootstrapFile, accounts, bootstrap, services }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const role = (account: string) => runNode("bin/meridian.js", ["--fleet", file, "role", account]);

test("the management account gets a role for its stacks", async () => {
  const { code, stdout } = await role("management");
  expect(code).toBe(0);
  expect(stdout.endsWith("}\n")).toBe(true);
  expect(JSON.parse(stdout).Resources.DeployRole.Properties).toMatchObject({
    RoleName: "deployer",
    Policies: expect.arrayContaining([expect.objectContaining({ PolicyName: "organization" })]),
  });
});

test("another account gets what the stack set would give it", async () => {
  const { code, stdout } = await role("globex");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).Resources.DeployRole.Properties).toMatchObject({
    RoleName: "deployer",
    Policies: expect.arrayContaining([expect.objectContaining({ PolicyName: "targets" })]),
  });
});

test.each([
  ["nobody", 'the organization has no account "nobody"'],
  ["outside", "the bootstrap stack gives outside no deploy role"],
])("%s gets an explanation", async (account, what) => {
  const { code, stderr, stdout } = await role(account);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(what);
});
