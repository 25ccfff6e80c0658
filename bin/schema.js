// Writes the schemas beside fleet.yaml: fleet.schema.json, which editors check it against, and plan.schema.json, which
// says what `meridian plan --json` prints.
const { writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

const root = join(__dirname, "..");

/** What a TypeScript file exports. */
function load(file) {
  const { outputFiles } = require("esbuild").buildSync({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    write: false,
  });
  const compiled = new Module(__filename, module);
  compiled.paths = module.paths;
  compiled._compile(outputFiles[0].text, __filename);
  return compiled.exports;
}

const { fleetJsonSchema } = load("fleet/schema/json-schema.ts");
const { planJsonSchema } = load("operations/plan/picture-schema.ts");
writeFileSync(join(root, "fleet.schema.json"), fleetJsonSchema());
writeFileSync(join(root, "plan.schema.json"), planJsonSchema());
