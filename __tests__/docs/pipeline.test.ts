import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { pipelineDefaults } from "../../fleet/foundation/pipeline";
import { type PipelineAction, pipelineStages } from "../../fleet/pipeline";
import { projectRoot } from "../../fleet/project";
import { type PipelineEntry, pipeline } from "../../fleet/schema/pipeline";
import { fleetOf, smallFile } from "../support/fleet";

const page = readFileSync(join(projectRoot, "docs", "pipeline.md"), "utf8");

/** The section of the fleet file that the page shows. */
const entry = (): PipelineEntry => {
  const [, text = ""] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
  return pipeline.parse((parse(text) as { readonly pipeline: unknown }).pipeline);
};

/** Its stages, for a fleet with staging, production in two waves, and a foundation. */
function stages() {
  const cell = { targets: { globex: ["eu-central-1"] } };
  const fleet = fleetOf({
    ...smallFile,
    accounts: { ...smallFile.accounts, delivery: { id: "555555555555" } },
    cells: {
      staging: { ...cell, stage: "staging" },
      canary: { ...cell, stage: "production" },
      others: { ...cell, stage: "production" },
    },
    rollout: { production: { waves: [["canary"], "100%"], bake: "10m", verify: { path: "/" } } },
    state: { backend: "s3", account: "delivery", bucket: "acme-state", region: "eu-central-1" },
    pipeline: entry(),
  });
  if (!fleet.pipeline) throw new Error("no pipeline");
  return pipelineStages(fleet, fleet.pipeline);
}

test("the page shows the stages and actions of a pipeline", () => {
  const [line = "", , actions = ""] = /```\n(Source ─ .*?)\n(.*?)\n(.*?)\n```/s.exec(page)?.slice(1) ?? [];
  expect(line.split(" ─ ")).toEqual(stages().map(({ name }) => name));
  const production = stages().find(({ of }) => of === "production");
  expect(actions.trim().split(" ─ ")).toEqual(production?.actions.map(({ name }) => name));
});

test("the page says of each kind of action what it runs", () => {
  const names: Readonly<Record<Exclude<PipelineAction["kind"], "source">, string>> = {
    check: "Check",
    plan: "Plan",
    approval: "Approve",
    deploy: "Wave",
    wait: "Wait",
    verify: "Verify",
    update: "Update",
  };
  const [, rows = ""] = /^\| action \| .*\n\|.*\n((?:\|.*\n)+)/m.exec(page) ?? [];
  expect([...rows.matchAll(/^\| (\w+) /gm)].map(([, name]) => name)).toEqual(Object.values(names));
});

test("the page says what holds where the fleet file says nothing", () => {
  expect(page).toMatch(new RegExp(`^\\| \`shards\` .* \\| ${pipelineDefaults.shards} \\|$`, "m"));
  expect(page).toMatch(
    new RegExp(`^\\| \`computeType\` .* \\| \`${pipelineDefaults.computeType}\` \\|$`, "m"),
  );
});
