import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planRisks } from "../../operations/plan/risk";

test("docs/change.md explains every risk that a plan can have, in the words of the plan", () => {
  const page = readFileSync(join(__dirname, "../../docs/change.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| (\w+) \| (.*) \| (.*) \|$/gm)].map((row) => row.slice(1));
  expect(rows).toEqual(
    Object.entries(planRisks).map(([code, { fix, severity, why }]) => [code, severity, why, fix]),
  );
});
