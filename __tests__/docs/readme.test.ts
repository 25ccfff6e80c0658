import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { runNode } from "../support/run-node";

const readme = readFileSync(join(projectRoot, "README.md"), "utf8");

test("the smallest fleet file passes the check, with the hint that it says", async () => {
  const block = /## The smallest fleet file[\s\S]*?```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(block.trim().split("\n")).toHaveLength(4);
  const folder = mkdtempSync(join(tmpdir(), "meridian-readme-"));
  try {
    cpSync(join(projectRoot, "functions"), join(folder, "functions"), { recursive: true });
    const file = join(folder, "my-fleet.yaml");
    writeFileSync(file, block);
    const { code, stdout, stderr } = await runNode("bin/meridian.js", ["check", "--json", "--fleet", file]);
    const found = (JSON.parse(stdout).diagnostics as readonly { readonly code: string }[]).map(
      (diagnostic) => diagnostic.code,
    );
    expect({ code, stderr, found }).toEqual({ code: 0, stderr: "", found: ["single-region"] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the two commands stand in it as a newcomer types them", () => {
  expect(readme).toMatch(/^npm ci && npm start\b/m);
  expect(readme).toMatch(/^npm ci && npm test\b/m);
});

test("it explains its five words before it uses them", () => {
  const words = readme.indexOf("## Five words");
  for (const word of ["cell", "target", "front", "zone", "stage"]) {
    expect(readme).toContain(`| ${word} |`);
    expect(readme.slice(0, words)).not.toMatch(new RegExp(`\\b${word}s?\\b`, "i"));
  }
});
