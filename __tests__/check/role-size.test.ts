import { roleSizes } from "../../check/role-size";
import type { ExtensionFacts } from "../../fleet/model";
import { resolveFleet } from "../../fleet/resolve";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { pipelineFile } from "../support/pipeline-fleet";

/** A fleet with a pipeline and this many accounts in each of its stages, which share them. */
function fileWith(accounts: number, stages: readonly string[], more: Partial<FleetFile> = {}): FleetFile {
  const names = Array.from({ length: accounts }, (_, index) => `tenant-${index}`);
  const own = Object.fromEntries(
    names.map((name, index) => [name, { id: String(200_000_000_000 + index), unit: "workloads" }]),
  );
  return {
    ...pipelineFile,
    fleet: "a".repeat(20),
    rollout: undefined,
    stages: [...stages],
    accounts: { ...pipelineFile.accounts, ...own },
    cells: Object.fromEntries(
      stages.flatMap((stage) =>
        names.map((name) => [`${stage}-${name}`, { stage, targets: { [name]: ["eu-central-1"] } }]),
      ),
    ),
    ...more,
  };
}

const found = (file: FleetFile, extensions: readonly ExtensionFacts[] = []) =>
  roleSizes(resolveFleet(file, extensions));

test("as many accounts as a state bucket takes fit into one stage, whatever the names", () => {
  const defaults = { deployRole: "d".repeat(55), externalId: "x".repeat(100) };
  expect(found(fileWith(540, ["production"], { defaults }))).toEqual([]);
});

test("each stage has a role, and all of them have to fit into one template", () => {
  const stages = (count: number) => Array.from({ length: count }, (_, index) => `stage-${index}`);
  expect(found(fileWith(100, stages(4)))).toEqual([]);
  expect(found(fileWith(1, stages(12)))).toEqual([
    expect.objectContaining({ code: "role-too-large", severity: "error", path: ["bootstrap"] }),
  ]);
});

test("deploy roles of many names take more room than one", () => {
  const file = fileWith(70, ["production"]);
  const accounts = Object.fromEntries(
    Object.entries(file.accounts).map(([name, entry]) => [
      name,
      name.startsWith("tenant-") ? { ...entry, deployRole: `deployer-of-${name}` } : entry,
    ]),
  );
  const problems = found({ ...file, accounts });
  expect(problems).toContainEqual(
    expect.objectContaining({
      ...{ code: "role-too-large", path: ["pipeline"] },
      message: expect.stringMatching(
        /^the policies of the role "a{20}__pipeline_deploy_production" would take 1\d,\d{3} characters, but the limit is 10,240$/,
      ),
    }),
  );
});

test("what a plan looks at of extensions takes more room than their wildcards", () => {
  const resources = ["a", "b"].map((name) => `arn:aws:sqs:*:{account}:{fleet}_${name}`);
  const wildcards = Array.from({ length: 120 }, (_, index) => `service${index}:*`);
  const greedy: ExtensionFacts = {
    ...{ name: "greedy", adds: ["target"], resourceTypes: {} },
    deploy: [{ actions: wildcards, resources }],
  };
  expect(found({ ...pipelineFile, pipeline: undefined, ci: undefined }, [greedy])).toEqual([
    expect.objectContaining({
      ...{ code: "role-too-large", path: ["fleet"] },
      message: expect.stringMatching(/^the policy "deployer-plan-extensions" would take/),
    }),
  ]);
});

test("a fleet without bootstrap makes no roles", () => {
  expect(found({ ...pipelineFile, bootstrap: undefined })).toEqual([]);
});
