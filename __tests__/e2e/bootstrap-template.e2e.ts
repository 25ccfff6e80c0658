import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { bootstrapTemplate, managementTemplate } from "../../access/deploy-role/template";
import type { Template } from "../../access/deploy-role/template-parts";
import type { Bootstrap, Organization } from "../../fleet/foundation/model";
import { bootstrapFile, bootstrapFleet } from "../support/bootstrap-fleet";
import { pipelineFleet } from "../support/pipeline-fleet";

/** Whether cfn-lint is on the PATH. Where it is not, its test is left out, which is said; in CI that is an error instead. */
const hasLinter = spawnSync("cfn-lint", ["--version"], { timeout: 60_000 }).status === 0;

if (!hasLinter) {
  const message =
    "cfn-lint is missing (python3 -m pip install cfn-lint): nobody looks at the template of the deploy role";
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`${message}\n`);
}

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

const withPipeline = pipelineFleet();
const owned = pipelineFleet({ ci: { account: "management", github: { repository: "acme/fleet" } } });

const templates: Readonly<Record<string, Template>> = {
  "the stack set": bootstrapTemplate(fleet, bootstrap),
  "a stack set of several regions": bootstrapTemplate(fleet, manyRegions),
  "a fleet with local state": bootstrapTemplate(plain, bootstrap),
  "a fleet with a pipeline": bootstrapTemplate(withPipeline, withPipeline.bootstrap as Bootstrap),
  "a pipeline in a stack set of several regions": bootstrapTemplate(withPipeline, {
    ...(withPipeline.bootstrap as Bootstrap),
    regions: ["us-east-1", "eu-west-1"],
  }),
  "the management account": managementTemplate(fleet, fleet.organization as Organization),
  "a management account that pull requests sign in to": managementTemplate(
    owned,
    owned.organization as Organization,
  ),
};

/** What cfn-lint says of a template. */
interface Finding {
  readonly Filename: string;
  readonly Message: string;
}

/** One run for all templates: most of its time it reads AWS's schemas. */
function findingsOf(named: Readonly<Record<string, Template>>): readonly Finding[] {
  const folder = mkdtempSync(join(tmpdir(), "meridian-cfn-lint-"));
  try {
    const files = Object.entries(named).map(([name, template]) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(template, null, 2));
      return file;
    });
    const { stderr, stdout } = spawnSync("cfn-lint", ["--format", "json", ...files], {
      encoding: "utf8",
      timeout: 240_000,
    });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let findings: readonly Finding[];

beforeAll(() => {
  if (hasLinter) findings = findingsOf(templates);
});

(hasLinter ? test : test.skip).each(Object.keys(templates))(
  "cfn-lint finds nothing in the template of %s",
  (name) => {
    const found = findings.filter(({ Filename }) => basename(Filename, ".json") === name);
    expect(found.map(({ Message }) => Message)).toEqual([]);
  },
);
