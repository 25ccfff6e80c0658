import { readFileSync } from "node:fs";
import { join } from "node:path";
import { problem, rules } from "../../check/rules";

test("docs/checks.md has one row for every rule, in the same order", () => {
  const text = readFileSync(join(__dirname, "../../docs/checks.md"), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows).toEqual(
    Object.entries(rules).map(
      ([code, { severity, finds, why }]) => `| \`${code}\` | ${severity} | ${finds} | ${why} |`,
    ),
  );
});

test("codes are in kebab case, so that scripts can rely on their form", () => {
  for (const code of Object.keys(rules)) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

test("a finding may know better than its rule why it matters", () => {
  const text = { message: "m", fix: "f" };
  expect(problem("unknown-region", [], text).why).toBe(rules["unknown-region"].why);
  expect(problem("unknown-region", [], { ...text, why: "another partition" }).why).toBe("another partition");
});
