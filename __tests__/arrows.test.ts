import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "../fleet/project";

const depcruise = join(projectRoot, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
const config = join(projectRoot, ".dependency-cruiser.js");

const { forbidden } = require("../.dependency-cruiser.js") as {
  readonly forbidden: readonly { readonly name: string }[];
};

/** Every folder that has arrows. */
const folders = forbidden.flatMap(({ name }) => /^(.+)-reaches-no-further$/.exec(name)?.[1] ?? []);

function cruise(cwd: string, ...places: readonly string[]) {
  return spawnSync(process.execPath, [depcruise, "--config", config, ...places], { cwd, encoding: "utf8" });
}

test("every import follows the arrows of the architecture, types included, and none leads back", () => {
  const { status, stdout } = cruise(projectRoot, "main.ts", ...folders);
  expect(stdout).toContain("no dependency violations found");
  expect(status).toBe(0);
});

test.each([
  ["the model imports Terraform", { "fleet/a.ts": 'import "cdktf";' }, "fleet-knows-nothing-of-cdktf"],
  ["a module imports a stack", { "modules/a.ts": 'import "../stacks/b";' }, "modules-reaches-no-further"],
  [
    "an operation imports a command",
    { "operations/a.ts": 'import "../cli/b";' },
    "operations-reaches-no-further",
  ],
  ["a module reads files", { "modules/a.ts": 'import "node:fs";' }, "modules-read-no-files"],
  [
    "two files import a type of each other",
    {
      "fleet/a.ts": 'import type { B } from "./b";\nexport type A = B;',
      "fleet/b.ts": 'import type { A } from "./a";\nexport type B = A | 1;',
    },
    "no-cycles",
  ],
])("%s: the rule %#, notices", (_, files, rule) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-arrows-"));
  try {
    const all = { ...files, "stacks/b.ts": "export const b = 1;", "cli/b.ts": "export const b = 1;" };
    for (const [file, source] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), source);
    }
    writeFileSync(join(folder, "tsconfig.json"), "{}");
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    const { status, stdout } = cruise(folder, ...new Set(Object.keys(all).map(dirname)));
    expect(stdout).toContain(rule);
    expect(status).not.toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
