import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
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

/** A project in which each file but those of `stacks` and `cli` breaks one rule. */
const wrong = {
  "fleet/terraform.ts": 'import "cdktf";',
  "modules/stack.ts": 'import "../stacks/b";',
  "operations/command.ts": 'import "../cli/b";',
  "modules/files.ts": 'import "node:fs";',
  "fleet/a.ts": 'import type { B } from "./b";\nexport type A = B;',
  "fleet/b.ts": 'import type { A } from "./a";\nexport type B = A | 1;',
  "stacks/b.ts": "export const b = 1;",
  "cli/b.ts": "export const b = 1;",
};

describe("a project that follows none of them", () => {
  let found: ReturnType<typeof cruise>;

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "meridian-arrows-"));
    try {
      for (const [file, source] of Object.entries(wrong)) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), source);
      }
      writeFileSync(join(folder, "tsconfig.json"), "{}");
      symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
      found = cruise(folder, ...new Set(Object.keys(wrong).map(dirname)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("is refused", () => expect(found.status).not.toBe(0));

  test.each([
    ["the model imports Terraform", "fleet-knows-nothing-of-cdktf", "fleet/terraform.ts"],
    ["a module imports a stack", "modules-reaches-no-further", "modules/stack.ts"],
    ["an operation imports a command", "operations-reaches-no-further", "operations/command.ts"],
    ["a module reads files", "modules-read-no-files", "modules/files.ts"],
    ["two files import a type of each other", "no-cycles", "fleet/a.ts"],
  ])("%s: %s notices", (_, rule, file) => {
    expect(stripVTControlCharacters(found.stdout)).toContain(`error ${rule}: ${file} → `);
  });
});
