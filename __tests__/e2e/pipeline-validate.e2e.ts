import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformEnvironment } from "../../operations/terraform/environment";
import { fleetOf } from "../support/fleet";
import { pipelineFile, repositoryFile } from "../support/pipeline";
import { synthTexts } from "../support/synth";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-pipeline-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

// hashicorp/aws holds what it can against AWS's own limits without asking AWS.
test.each([
  ["a bucket", pipelineFile],
  ["a repository", repositoryFile],
])("terraform validate finds nothing in a pipeline with its sources in %s", (name, file) => {
  const cwd = join(folder, name.replace(" ", "-"));
  mkdirSync(cwd);
  writeFileSync(join(cwd, "cdk.tf.json"), synthTexts(fleetOf(file)).get("pipeline") ?? "");
  const options = { cwd, env: terraformEnvironment(process.env, folder), encoding: "utf8" } as const;
  const init = spawnSync("terraform", ["init", "-backend=false", "-input=false", "-no-color"], options);
  expect(init).toMatchObject({ status: 0, stderr: "" });
  const { stdout } = spawnSync("terraform", ["validate", "-json"], options);
  expect(JSON.parse(stdout)).toMatchObject({ valid: true, diagnostics: [] });
});
