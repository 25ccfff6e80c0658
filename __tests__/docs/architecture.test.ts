import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";

const { forbidden } = require("../../.dependency-cruiser.js") as {
  readonly forbidden: readonly { readonly name: string; readonly comment?: string }[];
};

const architecture = readFileSync(join(projectRoot, "docs", "architecture.md"), "utf8");

interface Row {
  /** The folder that the row is about, e.g. `fleet`; several where they need no more than a line together. */
  readonly folders: readonly string[];
  /** Every folder named in the row, with the folders inside of folders. */
  readonly named: readonly string[];
  readonly imports: string;
}

/** The rows of the table of folders. */
const rows: readonly Row[] = architecture
  .split("\n")
  .filter((line) => /^\| `\w[\w-]*\/`/.test(line))
  .map((line) => {
    const [folders = "", what = "", imports = ""] = line
      .split("|")
      .slice(1)
      .map((text) => text.trim());
    return { folders: namesIn(folders), named: namesIn(`${folders} ${what}`), imports };
  });

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w/-]+)\/`/g)].map(([, name]) => name as string);
}

/** What a row says may be imported. */
function importsOf({ folders, imports }: Row): readonly string[] {
  const named = [...imports.matchAll(/`([\w-]+)`/g)].map(([, name]) => name as string);
  if (!imports.startsWith("all but")) return named.sort();
  const others = arrows().map(([folder]) => folder);
  return others.filter((folder) => !folders.includes(folder) && !named.includes(folder)).sort();
}

/** From `.dependency-cruiser.js`: each folder that has arrows, and where they may lead. */
function arrows(): readonly (readonly [string, readonly string[]])[] {
  return forbidden.flatMap(({ comment = "" }) => {
    const [, folder, allowed] = /^([\w-]+)\/ may import from (.+)\.$/.exec(comment) ?? [];
    if (!folder || !allowed) return [];
    return [[folder, allowed === "itself only" ? [] : allowed.split(", ").sort()] as const];
  });
}

/** The folders of the project itself, not what is installed, built or deployed. */
function folders(): readonly string[] {
  const ignored = readFileSync(join(projectRoot, ".gitignore"), "utf8").split("\n");
  return readdirSync(projectRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => !ignored.includes(`${name}/`));
}

test("the table of folders has every folder of the project", () => {
  expect(rows.flatMap((row) => row.folders).sort()).toEqual([...folders()].sort());
});

test("every folder that the table names is there", () => {
  const named = rows.flatMap((row) => row.named);
  expect(named).toContain("operations/terraform");
  expect(named.filter((folder) => !existsSync(join(projectRoot, folder)))).toEqual([]);
});

test("the table allows the imports that .dependency-cruiser.js allows", () => {
  const table = rows.flatMap((row) => row.folders.map((folder) => [folder, importsOf(row)] as const));
  const rules = Object.fromEntries(arrows());
  expect(Object.keys(rules)).toContain("fleet");
  expect(Object.fromEntries(table.filter(([folder]) => folder in rules))).toEqual(rules);
});

test("the map fits on a screen", () => {
  expect(architecture.split("\n").length).toBeLessThanOrEqual(90);
});
