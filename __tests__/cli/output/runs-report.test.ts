import { stripVTControlCharacters } from "node:util";
import { runReport, runsReport, type ShownRun } from "../../../cli/output/runs-report";
import type { RunStack } from "../../../operations/store/model";

const run = (more: Partial<ShownRun>): ShownRun => ({
  ...{ version: 1, id: "2026-11-26T17-20-00Z-3f9a1c", command: "deploy", arguments: [], fleet: "acme" },
  ...{ started: "2026-11-26T17:20:00Z", by: "ann@build", host: { name: "build", pid: 1 }, stacks: {} },
  ...{ status: "succeeded", ...more },
});
const plain = (text: string) => stripVTControlCharacters(text).split("\n");
const fits = (lines: readonly string[]) => {
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
};

/** Stacks of a cell: two targets and a front. */
const cell = (
  name: string,
  stage: string,
  wave: number,
  ...each: readonly (Partial<RunStack> | undefined)[]
): Record<string, RunStack> =>
  Object.fromEntries(
    ["a_eu-central-1", "a_eu-west-1", "front"].map((part, index) => [
      `${name}_${part}`,
      { ...{ account: "1", cell: name, stage, wave, state: "verified" as const }, ...each[index] },
    ]),
  );

test("runs are listed in 80 columns, a line each", () => {
  const stacks = { ...cell("globex", "production", 1, { state: "applied" }, { state: "failed", why: "x" }) };
  const lines = plain(
    runsReport(
      [
        run({ status: "running", stacks: {}, by: "a-very-long-name@a-very-long-host" }),
        run({ status: "unfinished", command: "rollback", stacks }),
      ],
      undefined,
    ),
  );
  expect(lines).toEqual([
    "run                          command   by                  deployed  outcome",
    "2026-11-26T17-20-00Z-3f9a1c  deploy    a-very-long-name@…  0/0       running",
    "2026-11-26T17-20-00Z-3f9a1c  rollback  ann@build           2/3       unfinished",
    "",
  ]);
  fits(lines);
  expect(plain(runsReport([], "http://127.0.0.1:4566"))[0]).toBe(
    "No run is kept (at http://127.0.0.1:4566, not AWS).",
  );
});

test("runs that are parts of a rollout say which, and its id is there in full", () => {
  const id = "7f1c20ab-5f1e-4d47-9c53-2c1b5f6a0d11";
  const part = { id, stage: "production", wave: 2, shard: { number: 3, of: 10 } };
  const build = "arn:aws:codebuild:eu-central-1:555555555555:build/acme__pipeline_deploy_production_2:0d1c";
  const lines = plain(
    runsReport([run({ rollout: part }), run({ rollout: { id } }), run({ id: "by hand" })], undefined),
  );
  expect(lines).toEqual([
    "run                          command  by, or part        deployed  outcome",
    "2026-11-26T17-20-00Z-3f9a1c  deploy   production 2 3/10  0/0       succeeded",
    "2026-11-26T17-20-00Z-3f9a1c  deploy   no wave            0/0       succeeded",
    "by hand                      deploy   ann@build          0/0       succeeded",
    `rollout  ${id} (2 runs of these)`,
    "",
  ]);
  fits(lines);
  const story = plain(runReport(run({ rollout: part, build })));
  expect(story).toContain(`  part of the rollout ${id}: wave 2 of`);
  expect(story).toContain("  production, shard 3 of 10");
  expect(story).toContain(`  in the build ${build}`);
  expect(plain(runReport(run({ rollout: { id } }))).join("\n")).toContain(`part of the rollout ${id}\n`);
});

test("the story of a run says stage by stage and wave by wave how it went, and each reason once", () => {
  const wrong = `its function URL answered 500, not 200${" and so on".repeat(8)}`;
  const skipped = { state: "skipped", why: "wave 1 of production: 1 cell failed, and none may" } as const;
  const lines = plain(
    runReport(
      run({
        ...{ status: "failed", ended: "2026-11-26T17:32:10Z", arguments: ["--stage", "production tests"] },
        revision: "0123456789abcdef-dirty",
        stages: [
          { name: "staging", waves: [["test", "trial"]] },
          { name: "production", waves: [["initech"], ["globex", "umbrella"]] },
        ],
        stacks: {
          state: { account: "1", state: "applied" },
          ...cell("test", "staging", 1),
          ...cell("trial", "staging", 1),
          ...cell("initech", "production", 1, undefined, {
            ...{ state: "rolled-back", why: wrong, release: "2026-11-25T17-20-00Z-ab12cd34" },
          }),
          ...cell("globex", "production", 2, skipped, skipped, skipped),
          ...cell("umbrella", "production", 2, skipped, skipped, skipped),
        },
      }),
    ),
  );
  expect(lines).toEqual([
    "2026-11-26T17-20-00Z-3f9a1c  failed after 12 min",
    "  npx meridian deploy --stage 'production tests'",
    "  by ann@build, sources at 0123456-dirty",
    "  1 applied, 8 verified, 1 rolled-back, 6 skipped of 16 stacks",
    "",
    "before the stages",
    "  1 applied: state",
    "",
    "stage staging",
    "  wave 1: 2 cells, 6 verified",
    "    test, trial: 3 verified",
    "",
    "stage production",
    "  wave 1: 1 cell, 2 verified, 1 rolled-back",
    "    initech: 2 verified, 1 rolled-back",
    "      2 verified: initech_a_eu-central-1, initech_front",
    "      initech_a_eu-west-1: rolled-back (2026-11-25T17-20-00Z-ab12cd34)",
    "        its function URL answered 500, not 200 and so on and so on and so on and",
    "        so on and so on and so on and so on and so on",
    "  wave 2: 2 cells, 6 skipped",
    "    globex, umbrella: 3 skipped",
    "      wave 1 of production: 1 cell failed, and none may",
    "",
  ]);
  fits(lines);
});

test("a run without waves is told by its stages", () => {
  const lines = plain(
    runReport(run({ command: "rollback", status: "killed", stacks: cell("globex", "production", 1) })),
  );
  expect(lines.slice(0, 2)).toEqual(["2026-11-26T17-20-00Z-3f9a1c  killed", "  npx meridian rollback"]);
  expect(lines).toContain("    globex: 3 verified");
});

test("orphans that were taken away stand apart from the stages", () => {
  const stacks: ShownRun["stacks"] = {
    "globex_a_eu-west-1": {
      account: "1",
      cell: "globex",
      stage: "production",
      orphan: true,
      state: "removed",
    },
    "globex_a_eu-west-2": {
      ...{ account: "1", cell: "globex", stage: "production", orphan: true, state: "skipped" },
      why: "globex_front still sends requests to it",
    },
  };
  const lines = plain(runReport(run({ stacks, stages: [{ name: "production", waves: [[]] }] })));
  expect(lines.slice(3)).toEqual([
    "  1 removed, 1 skipped of 2 stacks",
    "",
    "taken away",
    "  1 removed: globex_a_eu-west-1",
    "  globex_a_eu-west-2: skipped",
    "    globex_front still sends requests to it",
    "",
  ]);
});
