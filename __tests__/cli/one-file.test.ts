import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildSync, type Metafile } from "esbuild";
import { commandsOnSources } from "../../cli/shared/assembly";
import { projectRoot } from "../../fleet/project";

/** What is not in an assembly. */
const missing = /^(@cdktf\/|cdktf|constructs|esbuild)/;

/** Modules of commands, as `plan`: what cli/meridian.ts loads when one is called. */
const commands = readdirSync(join(projectRoot, "cli")).flatMap((name) => {
  const command = /^([a-z]+)\.ts$/.exec(name)?.[1];
  return command === undefined || ["app", "meridian"].includes(command) ? [] : [command];
});

/** What is loaded together with a module, without what it loads later, if at all. */
function loadedWith(inputs: Metafile["inputs"], entry: string): ReadonlySet<string> {
  const loaded = new Set<string>([entry]);
  for (const name of loaded) {
    const imports = inputs[name]?.imports ?? [];
    for (const { kind, path } of imports) if (kind === "import-statement") loaded.add(path);
  }
  return loaded;
}

test("what works without sources loads nothing that an assembly does not have", () => {
  const entryPoints = commands.map((command) => `cli/${command}.ts`);
  const { inputs } = buildSync({
    ...{ absWorkingDir: projectRoot, entryPoints, outdir: "none", write: false, metafile: true },
    ...{ bundle: true, packages: "external", platform: "node", logLevel: "silent" },
  }).metafile;
  const reaching = commands.filter((command) =>
    [...loadedWith(inputs, `cli/${command}.ts`)].some((name) => missing.test(name)),
  );
  expect(commands).toEqual(expect.arrayContaining(["plan", "deploy", "drift", "rollback", "runs", "drain"]));
  expect(reaching.length).toBeGreaterThan(0);
  expect(reaching.filter((command) => !commandsOnSources.includes(command))).toEqual([]);
});
