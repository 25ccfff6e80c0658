import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrapTemplate, managementTemplate, type Template } from "../../access/deploy-role/template";
import type { Bootstrap, Organization } from "../../fleet/foundation/model";
import { bootstrapFile, bootstrapFleet } from "../support/bootstrap-fleet";

/** Whether cfn-lint is on the PATH. Where it is not, its test is left out, which is said; in CI that is an error instead. */
const hasLinter = spawnSync("cfn-lint", ["--version"], { timeout: 60_000 }).status === 0;

if (!hasLinter) {
  const message =
    "cfn-lint is missing (python3 -m pip install cfn-lint): nobody looks at the template of the deploy role";
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`${message}\n`);
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-cfn-lint-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fleet = bootstrapFleet({
  identity: {
    groups: ["platform"],
    permissionSets: { ReadOnly: { policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } },
    access: [{ group: "platform", permissionSet: "ReadOnly", accounts: ["globex"] }],
  },
  budget: { monthly: 100, alerts: ["finops@example.com"] },
});
const bootstrap = fleet.bootstrap as Bootstrap;
const manyRegions = { ...bootstrap, regions: ["us-east-1", "eu-west-1"] };
const plain = bootstrapFleet({ ...bootstrapFile, state: undefined });

(hasLinter ? test : test.skip).each<[string, Template]>([
  ["the stack set", bootstrapTemplate(fleet, bootstrap)],
  ["a stack set of several regions", bootstrapTemplate(fleet, manyRegions)],
  ["a fleet with local state", bootstrapTemplate(plain, bootstrap)],
  ["the management account", managementTemplate(fleet, fleet.organization as Organization)],
])("cfn-lint finds nothing in the template of %s", (_, template) => {
  const file = join(folder, "template.json");
  writeFileSync(file, JSON.stringify(template, null, 2));
  const { status, stderr, stdout } = spawnSync("cfn-lint", [file], { encoding: "utf8", timeout: 120_000 });
  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: "" });
});
