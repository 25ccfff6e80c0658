import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { runNode } from "../support/run-node";

test("docs/residency.md is what the command writes for the example fleet", async () => {
  const { code, stderr, stdout } = await runNode("bin/meridian.js", ["residency"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(readFileSync(join(projectRoot, "docs", "residency.md"), "utf8"));
});

test("--json has every resource with its place and what it can hold", async () => {
  const { code, stdout } = await runNode("bin/meridian.js", ["residency", "--json", "--cell", "globex"]);
  expect(code).toBe(0);
  const { cells, ok } = JSON.parse(stdout);
  expect(ok).toBe(true);
  expect(cells[0].regional).toContainEqual({
    stack: "globex_globex_eu-west-1",
    address: expect.stringMatching(/^aws_cloudwatch_log_group\./),
    type: "aws_cloudwatch_log_group",
    place: { account: "333333333333", region: "eu-west-1" },
    zones: ["eu"],
    knowledge: expect.objectContaining({ scope: "regional", holdsData: true }),
  });
});

test("a cell without a zone has nothing to show", async () => {
  const { code, stdout } = await runNode("bin/meridian.js", ["residency", "--cell", "initech"]);
  expect(code).toBe(0);
  expect(stdout).toContain("No zone is given for initech: the fleet file does not promise");
});
