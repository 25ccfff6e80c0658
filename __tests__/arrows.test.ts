import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../fleet/project";

const depcruise = join(projectRoot, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
const config = join(projectRoot, ".dependency-cruiser.js");

test("every import follows the arrows of the architecture", () => {
  const folders = ["main.ts", "fleet", "stacks", "modules", "edge", "sandbox", "cli", "terraform-state"];
  execFileSync(process.execPath, [depcruise, "--config", config, ...folders], {
    cwd: projectRoot,
    stdio: "pipe",
  });
});

test.each([
  ["the model imports Terraform", "fleet/a.ts", 'import "cdktf";', "fleet-knows-nothing-of-cdktf"],
  ["a module imports a stack", "modules/a.ts", 'import "../stacks/b";', "modules-reaches-no-further"],
  ["a module reads files", "modules/a.ts", 'import "node:fs";', "modules-read-no-files"],
])("%s: the rule %#, notices", (_, file, source, rule) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-arrows-"));
  try {
    for (const name of ["fleet", "modules", "stacks"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "stacks", "b.ts"), "export const b = 1;");
    writeFileSync(join(folder, file), source);
    writeFileSync(join(folder, "tsconfig.json"), "{}");
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    const run = spawnSync(process.execPath, [depcruise, "--config", config, "fleet", "modules"], {
      cwd: folder,
    });
    expect(String(run.stdout)).toContain(rule);
    expect(run.status).not.toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
