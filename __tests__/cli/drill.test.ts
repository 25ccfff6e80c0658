import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDrillFleet } from "../../bench/drill-fleet";
import { drillReport } from "../../cli/output/drill-report";
import { drillCell } from "../../evidence/drill";
import { closedZone, onlyCell, onlyOf, synthesizedOf } from "../evidence/support";
import { runNode } from "../support/run-node";

let folder: string;
let fleet: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-drill-"));
  fleet = writeDrillFleet(folder, { regions: 3, zones: 2 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const drill = (...args: readonly string[]) =>
  runNode("bin/meridian.js", ["--fleet", fleet, "drill", ...args]);

describe("without options", () => {
  test("a fleet that holds ends with exit code 0, and says what was proven", async () => {
    const { code, stderr, stdout } = await drill();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^world {2}3 {8}all 27 +[\d,]+ +\d+\.\d s +holds$/m);
    expect(stdout).toMatch(/^In all [\d,]+ cases, viewers are answered from where the fleet file allows/m);
  });

  test("--json has the figures of each cell", async () => {
    const { code, stdout } = await drill("--json", "--cell", "world");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      cells: [expect.objectContaining({ cell: "world", states: 27, violations: [] })],
      waiting: [],
    });
  });
});

test("a violation is told with its smallest example", async () => {
  const { cell, fleet } = onlyCell(closedZone);
  const stacks = synthesizedOf(fleet, ({ globex_front }) => {
    const distribution = onlyOf(globex_front, "aws_cloudfront_distribution");
    distribution.default_cache_behavior.function_association = undefined;
  });
  const report = drillReport([await drillCell(stacks, cell)]);
  expect(report).toContain(
    "error globex: residency: the default behaviour has no router for viewers' requests: its own origin answers everyone\n",
  );
  expect(report).toMatch(
    new RegExp(
      [
        "^error globex: drained regions, in [\\d,]+ cases; the smallest:",
        " {4}request: {2}GET / from Andorra \\(AD\\)",
        " {4}state: {4}eu-central-1 is drained",
        " {4}expected: an answer from eu-west-1, in zone eu",
        " {4}the front would choose nothing, so the behaviour's own origin answers: ask eu-central-1 \\(main_eu_central_1_hello\\)$",
      ].join("\n"),
      "m",
    ),
  );
  expect(report).toMatch(/1 of 1 cell would not do what the fleet file says\.\n$/);
});

describe("--down and --drained", () => {
  test("a region that is down: who is answered from where, before and after the drain, and what to do", async () => {
    const { code, stdout } = await drill("--down", "us-east-1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^world: us-east-1 is down$/m);
    expect(stdout).toMatch(
      /^ {2}viewers from +before +reads now +writes now +writes once drained +farther by$/m,
    );
    expect(stdout).toMatch(/^ {2}zone us \(1 country\) +us-east-1 +fail +fail +503 +-$/m);
    expect(stdout).toContain(
      "No region is left for viewers from zone us (1 country): the router answers 503.",
    );
    expect(stdout).toMatch(
      /^ {2}Nothing changes for the other \d+ countries: answered from [\w, -]+, as before\.$/m,
    );
    expect(stdout).toMatch(
      /^To restore writes, drain this region:\n {2}npx meridian drain us-east-1 --force\n--force is needed because /m,
    );
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  test("a drained region: no column for what comes after the drain", async () => {
    const { stdout } = await drill("--drained", "ap-northeast-1", "--cell", "world");
    expect(stdout).toMatch(/^ {2}viewers from +before +reads now +writes now +farther by$/m);
    expect(stdout).toMatch(/^To undo a drain:\n {2}npx meridian undrain ap-northeast-1 --cell world$/m);
  });

  test("where nobody is left, no drain is proposed", async () => {
    const { stdout } = await drill("--down", "us-east-1,eu-central-1,ap-northeast-1");
    expect(stdout).toMatch(
      /^Draining ap-northeast-1 or eu-central-1 or us-east-1 would help nobody: no other region may answer\.$/m,
    );
    expect(stdout).not.toContain("npx meridian drain");
    expect(stdout).toMatch(/^ {2}No region is left for viewers from everywhere \(250 countries\): /m);
  });

  test("a region that is down and drained is drained, and no more", async () => {
    const { stdout } = await drill("--down", "us-east-1", "--drained", "us-east-1");
    expect(stdout).toMatch(/^world: us-east-1 is drained$/m);
    expect(stdout).toContain("npx meridian undrain us-east-1");
    expect(stdout).not.toContain("npx meridian drain");
  });

  test("--json lists the countries", async () => {
    const { stdout } = await drill("--down", "us-east-1", "--json");
    const { cells } = JSON.parse(stdout);
    expect(cells[0].changed).toContainEqual({
      countries: ["US"],
      before: { reads: "us-east-1", writes: "us-east-1" },
      now: { reads: "fail", writes: "fail" },
      afterDrain: { reads: "503", writes: "503" },
      drains: [],
    });
  });

  test("a cell that is not there is named, and no more", async () => {
    const { stdout } = await runNode("bin/meridian.js", ["drill", "--down", "us-west-2"]);
    expect(stdout).toMatch(/^Not affected, without a target there: globex, staging$/m);
  });

  test.each([
    [["--down", "us-east1"], 'no cell has a target in "us-east1"', 'write "us-east-1"'],
    [["--down", ""], "--down names no region", "write --down eu-central-1"],
    [["--drained", ","], "--drained names no region", "write --drained eu-central-1"],
    [["--down", "us-east-1", "--cell", "wold"], "wold", 'write "world"'],
  ])("%j is refused with what to write instead", async (args, what, fix) => {
    const { code, stderr, stdout } = await drill(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(what);
    expect(stderr).toContain(fix);
  });
});

test("a fleet with errors is refused", async () => {
  const file = join(folder, "bad.yaml");
  writeFileSync(file, "fleet: acme\n");
  const { code, stdout } = await runNode("bin/meridian.js", ["--fleet", file, "drill"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
});
