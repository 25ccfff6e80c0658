import { join } from "node:path";
import { targetRows } from "../../cli/targets";
import { projectRoot } from "../../fleet/project";
import { fleetOf, smallFile } from "../support/fleet";
import { runNode } from "../support/run-node";

test("a row says where a target is, with which provider, in which stack, in order of preference", () => {
  const [cell] = Object.values(smallFile.cells);
  if (!cell) throw new Error("the small fleet has a cell");
  const targets = { globex: ["eu-west-1", "eu-central-1"] };
  const row = { cell: "globex", account: "globex", accountId: "333333333333", stack: "globex_globex_all" };
  expect(
    targetRows(fleetOf({ ...smallFile, cells: { globex: { ...cell, targets, stackPer: "account" } } })),
  ).toEqual([
    { ...row, region: "eu-west-1", alias: "globex_eu_west_1" },
    { ...row, region: "eu-central-1", alias: "globex_eu_central_1" },
  ]);
});

test("--json lists every target of the example fleet", async () => {
  const { code, stdout } = await runNode("bin/meridian.js", ["targets", "--json"]);
  expect(code).toBe(0);
  const rows: readonly Record<string, string>[] = JSON.parse(stdout);
  expect(rows.map(({ accountId, alias, cell, stack }) => [cell, accountId, alias, stack].join(" "))).toEqual([
    "globex 333333333333 globex_eu_central_1 globex_globex_eu-central-1",
    "globex 333333333333 globex_eu_west_1 globex_globex_eu-west-1",
    "initech 444444444444 initech_us_east_1 initech_initech_us-east-1",
    "initech 444444444444 initech_us_west_2 initech_initech_us-west-2",
    "staging 222222222222 staging_eu_central_1 staging_staging_eu-central-1",
    "staging 222222222222 staging_us_east_1 staging_staging_us-east-1",
  ]);
});

test("people get a table", async () => {
  const { stdout } = await runNode("bin/meridian.js", ["targets"]);
  expect(stdout.split("\n").slice(0, 2)).toEqual([
    "cell     account  account id    region        alias                 stack",
    "globex   globex   333333333333  eu-central-1  globex_eu_central_1   globex_globex_eu-central-1",
  ]);
});

test("a fleet with errors gives nothing but these", async () => {
  const file = join(projectRoot, "__tests__", "check", "fixtures", "unknown-region", "fleet.yaml");
  const { code, stderr, stdout } = await runNode("bin/meridian.js", ["--fleet", file, "targets"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr.match(/fleet\.yaml:\d+:\d+ error unknown-region/g)).toHaveLength(4);
  expect(stderr).toContain(`error ${file} has 4 errors\n`);
  expect(stderr).not.toMatch(/^\s+at /m);
});
