import { median } from "../../bench/measure";
import type { PlanResult } from "../../bench/plan";
import {
  aimsTable,
  drillTable,
  figuresTable,
  growthTable,
  page,
  peersSection,
  peersTable,
  plansSection,
  plansTable,
} from "../../bench/report";
import { aims, drillAims, growth, peerAims, planAims, type SizeResult } from "../../bench/results";
import { keptPeers, keptPlans, withSection } from "../../bench/sections";

const run = (seconds: number, peakBytes = 100e6) => ({ seconds, peakBytes, runs: 1 });

const size = (targets: number, check: number, synth: number, theirs: number): SizeResult => ({
  targets,
  added: 1.2,
  measured: {
    check: run(check),
    organization: run(check + 1),
    synth: run(synth),
    extended: run(synth * 1.3),
    default: run(theirs, 400e6),
  },
});

const noPlans = keptPlans("");
const pageWith = (peers: string, results: readonly SizeResult[], date: string) =>
  page(results, [], { peers, pipeline: "## The pipeline\n", plans: noPlans }, date);

test("the median is the middle run, or between the two in the middle, figure by figure", () => {
  expect(median([run(3, 1), run(1, 2), run(2, 9)])).toEqual({ seconds: 2, peakBytes: 2, runs: 3 });
  expect(median([run(4), run(1), run(2), run(3)]).seconds).toBe(2.5);
});

describe("with 1,000 targets measured", () => {
  const results = [size(10, 0.2, 0.5, 4), size(100, 0.3, 0.7, 5), size(1000, 0.9, 2, 19.9)];

  test("growth is given as it is and without the start-up", () => {
    expect(growth(results, "synth")?.plain).toBeCloseTo(2 / 0.7);
    expect(growth(results, "synth")?.net).toBeCloseTo(1.5 / 0.2);
  });

  test("each aim is met or missed by its own figure", () => {
    expect(aims(results).map(({ met }) => met)).toEqual([true, false, true, true, true, true]);
    expect(aimsTable(aims(results))).toContain("| 9.9 times | **missed** |");
  });

  test("what a table and an extension add may take as much longer, and a tenth", () => {
    const large = size(1000, 0.9, 2, 19.9);
    const slow = { ...large, measured: { ...large.measured, extended: run(2.65) } };
    const aim = (one: SizeResult) => aims([...results.slice(0, 2), one])[3];
    expect(aim(large)).toMatchObject({ met: true, measured: "1.30 times" });
    expect(aim(slow)).toMatchObject({ met: false, measured: "1.33 times" });
  });

  test("a figure that misses its aim narrowly is not rounded to look as if it met it", () => {
    const [, faster] = aims([...results.slice(0, 2), size(1000, 0.9, 2, 19.99)]);
    expect(faster).toEqual(expect.objectContaining({ met: false, measured: "9.9 times" }));
  });
});

test("without 1,000 targets there are figures, but no growth and no aims", () => {
  const results = [size(10, 0.2, 0.5, 4)];
  expect(figuresTable(results)).toContain("| 10 | synth | 0.50 s | 100 MB | 8.0 × | 4.0 × | 1 |");
  expect(figuresTable(results)).toContain("| 10 | `check` in an organization | 1.20 s | 100 MB |  |  | 1 |");
  expect(growthTable(results)).toBe("");
  expect(aimsTable(aims(results))).toBe("");
});

test("the drill is judged by the fleet that took longest", () => {
  const drills = [
    { regions: 1, zones: 1, measured: run(0.6) },
    { regions: 10, zones: 3, measured: run(9.991) },
  ];
  expect(drillTable(drills)).toContain("| 10 | 3 | 9.99 s | 100 MB | 1 |");
  expect(drillAims(drills)).toEqual([expect.objectContaining({ measured: "10.00 s", met: false })]);
  expect(drillAims([])).toEqual([]);
});

describe("with aws-cdk measured", () => {
  const withPeers = (result: SizeResult, fast: number, defaults: number): SizeResult => ({
    ...result,
    peers: { "aws-cdk-defaults": run(defaults, 600e6), "aws-cdk-fast": run(fast, 200e6) },
  });
  const results = [withPeers(size(10, 0.2, 0.5, 4), 1, 2), withPeers(size(1000, 0.9, 2, 20), 10, 24)];

  test("there is an aim for each way to run it, met or missed by its own figure, rounded to our disadvantage", () => {
    expect(aimsTable(peerAims(results)).split("\n").slice(2)).toEqual([
      "| synth of 1,000 targets at least 5 times as fast as aws-cdk as it comes | 12.0 times | met |",
      "| synth of 1,000 targets at least 5 times as fast as aws-cdk at its fastest | 5.0 times | met |",
    ]);
    expect(peerAims([withPeers(size(1000, 0.9, 2, 20), 9.99, 24)])).toEqual([
      expect.objectContaining({ measured: "12.0 times", met: true }),
      expect.objectContaining({ measured: "4.9 times", met: false }),
    ]);
  });

  test("each fleet has a row for each program, and how many times ours it took", () => {
    expect(peersTable(results).split("\n").slice(-4)).toEqual([
      "| 1,000 | synth | 2.00 s | 100 MB | 1.0 × | 1.0 × | 1 |",
      "| 1,000 | default set-up | 20.00 s | 400 MB | 10.0 × | 4.0 × | 1 |",
      "| 1,000 | aws-cdk as it comes | 24.00 s | 600 MB | 12.0 × | 6.0 × | 1 |",
      "| 1,000 | aws-cdk at its fastest | 10.00 s | 200 MB | 5.0 × | 2.0 × | 1 |",
    ]);
  });

  test("its section is kept word for word by a run without it, whose own figures are new", () => {
    const section = peersSection(results, "2026-01-01");
    const first = pageWith(section, results, "2026-01-01");
    const later = [size(10, 0.2, 0.5, 4), size(1000, 0.9, 1, 20)];
    const second = pageWith(keptPeers(first), later, "2026-02-02");
    expect(first).toContain(section);
    expect(second).toContain(section);
    expect(second).toContain("Measured on 2026-02-02");
    expect(second).toContain("| 20.0 times | met |");
    expect(pageWith(keptPeers(second), later, "2026-02-02")).toBe(second);
  });
});

test("without aws-cdk there is neither a table nor an aim, and a page without a section says so once", () => {
  const results = [size(1000, 0.9, 2, 20)];
  expect(peersTable(results)).toBe("");
  expect(peerAims(results)).toEqual([]);
  const first = pageWith(keptPeers("# Benchmarks\n"), results, "2026-01-01");
  expect(first).toContain("## Beside aws-cdk\n\nNot measured yet.\n\n## Figures");
  expect(pageWith(keptPeers(first), results, "2026-01-01")).toBe(first);
});

describe("with plans measured", () => {
  const tree = (seconds: number, cpuSeconds: number, peakBytes = 300e6) => ({
    ...{ seconds, cpuSeconds, peakBytes, runs: 3 },
  });
  const plans = (changes: Partial<PlanResult> = {}): PlanResult => ({
    stacks: 1500,
    unchanged: tree(9.99, 8),
    allChanged: tree(20, 30, 499e6),
    changed: [{ stacks: 6, initialized: true, meridian: tree(12, 20), byHand: tree(10, 20) }],
    ...changes,
  });

  test("each aim is met up to its limit", () => {
    expect(planAims(plans()).map(({ measured, met }) => [measured, met])).toEqual([
      ["9.99 s", true],
      ["300 MB", true],
      ["499 MB", true],
      ["1.20 times", true],
    ]);
    expect(planAims(undefined)).toEqual([]);
  });

  test("each aim is missed by its own figure, rounded to our disadvantage", () => {
    const [computed, passed] = [tree(10, 24.1), tree(12.01, 20)].map((meridian) => ({
      ...{ stacks: 6, initialized: false, meridian, byHand: tree(10, 20) },
    })) as [PlanResult["changed"][number], PlanResult["changed"][number]];
    const missed = plans({
      unchanged: tree(9.991, 8, 500e6),
      allChanged: tree(20, 30, 499.1e6),
      changed: [computed, passed],
    });
    expect(planAims(missed).map(({ measured, met }) => [measured, met])).toEqual([
      ["10.00 s", false],
      ["500 MB", false],
      ["500 MB", false],
      ["1.21 times", false],
      ["1.21 times", false],
    ]);
  });

  test("a change has a row beside that of the work by hand", () => {
    expect(plansTable(plans()).split("\n").slice(-2)).toEqual([
      "| a change, folders initialized before | 6 | 12.00 s | 20.00 s | 300 MB | 1.20 × | 1.00 × | 3 |",
      "| the same by hand, folders initialized before | 6 | 10.00 s | 20.00 s | 300 MB |  |  | 3 |",
    ]);
  });

  test("their section is written alone, and kept word for word by a run without them", () => {
    const first = pageWith(
      "## Beside aws-cdk\n\nNot measured yet.\n",
      [size(1000, 0.9, 2, 20)],
      "2026-01-01",
    );
    expect(first).toContain("## Planning\n\nNot measured yet.\n\n## The pipeline\n");
    const section = plansSection(plans(), "2026-02-02");
    const second = withSection(first, section);
    expect(second).toBe(first.replace("## Planning\n\nNot measured yet.\n", section));
    expect(keptPlans(second)).toBe(section);
    expect(withSection(second, section)).toBe(second);
  });

  test("a page that is older than the section gets it", () => {
    const section = plansSection(plans(), "2026-02-02");
    const older = "# Benchmarks\n\n## What is measured\n\nMuch.\n";
    expect(withSection(older, section)).toBe(`# Benchmarks\n\n${section}\n## What is measured\n\nMuch.\n`);
  });
});
