import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFleet } from "../../bench/generate-fleet";
import { deployCells, simulateRollout } from "../../bench/pipeline";
import { assumptions } from "../../bench/pipeline-assumptions";
import { pipelineSection } from "../../bench/pipeline-report";
import { checkFleet } from "../../check/load";
import type { Pipeline } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { scheduleOf } from "../../operations/rollout/schedule";

let scratch: string;
let fleet: Fleet;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "meridian-pipeline-"));
  const { checked } = await checkFleet(writeFleet(join(scratch, "small"), 80, "pipeline"));
  fleet = checked?.fleet as Fleet;
});

afterAll(() => rmSync(scratch, { recursive: true }));

const simulate = (shards: number) => simulateRollout(fleet, fleet.pipeline as Pipeline, shards, "everything");
const wave = (number: number) => {
  const schedule = scheduleOf(fleet, ({ cell }) => cell !== undefined);
  return schedule.stages.find(({ stage }) => stage.name === "production")?.waves[number - 1] ?? [];
};

test("docs/benchmarks.md has the section that the simulation writes", async () => {
  const page = readFileSync(join(projectRoot, "docs", "benchmarks.md"), "utf8");
  expect(page).toContain(await pipelineSection(join(scratch, "large")));
});

test("more shards make no rollout longer, and never less paid for", () => {
  const rollouts = [1, 2, 5, 10].map(simulate);
  const seconds = rollouts.map((rollout) => rollout.seconds);
  expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
  const minutes = rollouts.map((rollout) => rollout.buildMinutes);
  expect(minutes).toEqual([...minutes].sort((a, b) => a - b));
});

test("a wave has no more builds than cells, and each is paid for by the whole minute", () => {
  const canary = simulate(50).actions.find(
    ({ action }) => action.kind === "deploy" && action.wave === 1 && action.of === "production",
  );
  expect(canary?.action).toMatchObject({ shards: 1 });
  const runs = (canary?.seconds ?? 0) - assumptions.transitions.value;
  expect(canary?.buildMinutes).toBe(Math.ceil(runs / 60));
});

test("waits between waves are builds, and an approval costs nothing", () => {
  const { actions } = simulate(1);
  const of = (kind: string) => actions.filter(({ action }) => action.kind === kind);
  expect(of("wait")).toHaveLength(2);
  for (const { buildMinutes, works } of of("wait")) expect([buildMinutes, works]).toEqual([11, 600]);
  const free = { buildMinutes: 0, usd: 0 };
  expect(of("approval")).toMatchObject([free, free]);
});

describe("in one build", () => {
  const seconds = { target: 10, front: 100 };
  let cells: ReturnType<typeof wave>;

  beforeAll(() => {
    cells = wave(3).slice(0, 4);
  });

  test("the stacks of a cell come one after the other", () => {
    expect(deployCells(cells.slice(0, 1), { cells: 9, stacks: 9 }, seconds)).toBe(120);
  });

  test("cells share the runs of Terraform", () => {
    expect(deployCells(cells, { cells: 4, stacks: 4 }, seconds)).toBe(120);
    expect(deployCells(cells, { cells: 4, stacks: 1 }, seconds)).toBe(480);
  });

  test("no more cells are begun than the stage allows", () => {
    expect(deployCells(cells, { cells: 2, stacks: 9 }, seconds)).toBe(240);
  });
});
