import { execFileSync } from "node:child_process";
import { mostCharacters, planSummary } from "../../../cli/output/plan-summary";
import type { Group, Picture, Risk } from "../../../operations/plan/picture-schema";

const risk = (severity: Risk["severity"], message: string): Risk => ({
  ...{ code: "data-destroyed", severity, subject: "table", message, why: "why", fix: "fix" },
});
const group = (more: Partial<Group>): Group => ({
  ...{
    title: "t",
    stacks: ["a", "b"],
    changes: [],
    risks: [],
    recordsOnly: false,
    predicted: false,
    notes: [],
  },
  ...more,
});
const change = (actions: Group["changes"][number]["actions"], type = "aws_lambda_function") => ({
  ...{ address: `${type}.a`, subject: "function a", type, actions, attributes: [] },
});
const picture = (more: Partial<Picture> = {}): Picture => ({
  ...{ version: 1, changed: ["a", "b"], unchanged: [], risks: [], groups: [], orphans: [], failed: [] },
  ...more,
});

test("says first what nobody can review, then the risks, the worst first, then what changes, then where the whole is", () => {
  const text = planSummary(
    picture({
      risks: [risk("low", "a small thing")],
      groups: [
        group({
          changes: [change(["update"]), change(["delete", "create"]), change(["update"], "output")],
          risks: [risk("high", "the table orders is made again")],
        }),
      ],
      failed: [{ stack: "c", why: "its region is down" }],
    }),
    "s3://artifacts/plans/production/1.md",
  );
  expect(text).toBe(
    [
      "NOT PLANNED: c",
      "HIGH: the table orders is made again",
      "LOW: a small thing",
      "2 stacks change, 0 stay as they are, 1 could not be planned.",
      "Things: 2 REPLACED, 2 changed",
      "All of it: s3://artifacts/plans/production/1.md\n",
    ].join(" | "),
  );
});

test("says of a part that the fleet does not have that there is nothing to do", () => {
  expect(planSummary(picture({ changed: [] }))).toBe("Nothing to do: the fleet has nothing of this.\n");
});

test("whatever the number and length of the risks, an approval's message can hold it, with where the whole is", () => {
  const many = Array.from({ length: 60 }, (_, index) =>
    risk("high", `risk ${index} ${"x".repeat(index * 9)}`),
  );
  const text = planSummary(picture({ risks: many }), "s3://artifacts/plans/1.md");
  expect(text.trim().length).toBeLessThanOrEqual(mostCharacters);
  expect(text).toMatch(/^HIGH: risk 0 [^|]*\| HIGH: risk 1 x.* \| \d+ more risks \| 2 stacks change/);
  expect(text).toMatch(/All of it: s3:\/\/artifacts\/plans\/1\.md\n$/);
  const one = planSummary(picture({ risks: [risk("high", "x".repeat(5_000))] }));
  expect(one).toMatch(/^HIGH: x+\.\.\. \| 2 stacks/);
});

test("stays what it is in a variable of the shell, and means nothing in JSON or to a pipeline", () => {
  const strange = 'a "quoted" \\ `cmd`\nnext line $(touch x) $HOME #{variables.x} … ü 💥';
  const text = planSummary(picture({ risks: [risk("high", strange)] }), 's3://a/"ü".md');
  expect(text).toMatch(/^[ -~]+\n$/);
  expect(text).not.toMatch(/["\\`]|#\{/);
  const shell = 'SUMMARY="$(cat)"; printf "%s" "$SUMMARY"';
  const passed = execFileSync("bash", ["-c", shell], { input: text, encoding: "utf8" });
  expect(passed).toBe(text.trim());
  expect(JSON.parse(`"${passed}"`)).toBe(passed);
});
