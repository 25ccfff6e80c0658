import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runNode } from "../support/run-node";

const newId = "600000000001";
const text = `fleet: acme # ours
organization: { management: management, units: [tenants] }
accounts:
  management: { id: "111111111111" }
  globex: { id: "333333333333", unit: tenants }
  newco: # signed on a Friday
    email: 'aws+newco@example.com'
    unit: tenants
services: { hello: { source: index.ts } }
cells:
  globex: { stage: production, tenant: globex, targets: { globex: [eu-central-1, eu-west-1] } }
  newco: { stage: production, tenant: newco, targets: { newco: [eu-central-1, eu-west-1] } }
`;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-accounts-"));
  file = join(folder, "fleet.yaml");
  writeFileSync(file, text);
  mkdirSync(join(folder, "terraform-state"));
});
afterEach(() => rmSync(folder, { recursive: true }));

// Each runs programs, which takes its time on a busy machine.
jest.setTimeout(30_000);

/** What Terraform leaves behind once the accounts are created. */
const created = (accounts: object) =>
  writeFileSync(
    join(folder, "terraform-state", "accounts.tfstate"),
    JSON.stringify({ outputs: { accounts: { value: accounts } } }),
  );
const accountsOn = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runNode("bin/meridian.js", ["--fleet", file, "accounts", ...args], {
    env: { CDKTF_OUTPUT: join(folder, "cdktf.out"), ...env },
  });
const accounts = (...args: readonly string[]) => accountsOn({}, ...args);

test("ids are listed, written, and then there is nothing to do", async () => {
  created({ globex: "333333333333", newco: newId });
  const listed = await accounts();
  expect(listed).toMatchObject({ code: 0, stderr: "" });
  expect(listed.stdout).toMatch(
    /newco +600000000001 +tenants +aws\+newco@example.com +created; .*waiting for it: newco/,
  );
  expect(listed.stdout).toContain("npx meridian accounts --write");
  expect(readFileSync(file, "utf8")).toBe(text);

  const { code, stdout } = await accounts("--write");
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /1 id \("newco"\) was written into .*\n.*npx meridian check\n.*deploy organization accounts .*\n.*npx cdktf deploy '\*'\n/,
  );
  const written = readFileSync(file, "utf8");
  expect(written).toBe(text.replace("    email", `    id: "${newId}"\n    email`));

  expect((await accounts("--write")).stdout).toContain("Nothing to do");
  expect(readFileSync(file, "utf8")).toBe(written);
});

test("what comes next is for the file as it is after the write", async () => {
  created({ newco: newId });
  const state = "state: { backend: local, account: newco, bucket: acme-state, region: eu-central-1 }";
  writeFileSync(file, `${text}bootstrap: { delivery: newco }\n${state}\n`);
  const { code, stdout } = await accounts("--write");
  expect(code).toBe(0);
  expect(stdout).toContain("npx meridian role management > role.json");
  expect(stdout).toMatch(/deploy organization accounts bootstrap state {3}#/);
});

test("JSON is a list, and says what was written, and that it was not AWS", async () => {
  created({ globex: "333333333333", newco: newId });
  const AWS_ENDPOINT_URL = "http://127.0.0.1:1";
  const { stdout } = await accountsOn({ AWS_ENDPOINT_URL }, "--write", "--json");
  expect(JSON.parse(stdout)).toContainEqual({
    ...{ account: "newco", fileId: newId, organizationId: newId, unit: "tenants" },
    ...{ email: "aws+newco@example.com", status: "written", waitingCells: ["newco"] },
    endpoint: AWS_ENDPOINT_URL,
  });
});

test("before the organization is deployed, it is said how", async () => {
  const { code, stderr, stdout } = await accounts("--json");
  expect(code).toBe(1);
  expect(stderr).toMatch(/organization is not deployed yet.*\n.*\n.*npx cdktf deploy organization accounts/);
  expect(JSON.parse(stdout)).toEqual([{ ok: false, error: expect.stringContaining("not deployed yet") }]);
});

test("where file and organization do not go together, nothing is written", async () => {
  created({ globex: "444444444444", newco: newId });
  const { code, stderr } = await accounts("--write");
  expect(code).toBe(1);
  expect(stderr).toContain(
    'account "globex" is 333333333333 in the file and 444444444444 in the organization',
  );
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("an id that is none is not written", async () => {
  created({ newco: "6000" });
  expect((await accounts("--write")).stderr).toContain('gives "6000" as the id of account "newco"');
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("a fleet without an organization has no accounts to list", async () => {
  const without = text
    .replace(/organization:.*\n/, "")
    .replaceAll(/, unit: tenants| {4}unit: tenants\n/g, "");
  writeFileSync(file, without.replace("email: 'aws+newco@example.com'", 'id: "600000000001"'));
  expect((await accounts()).stderr).toContain("has no organization");
});
