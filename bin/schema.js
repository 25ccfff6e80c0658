// Writes fleet.schema.json, which editors check fleet.yaml against, from the schema in fleet/schema/.
const { writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

const root = join(__dirname, "..");
const { outputFiles } = require("esbuild").buildSync({
  absWorkingDir: root,
  entryPoints: ["fleet/schema/json-schema.ts"],
  bundle: true,
  packages: "external",
  platform: "node",
  format: "cjs",
  write: false,
});
const compiled = new Module(__filename, module);
compiled.paths = module.paths;
compiled._compile(outputFiles[0].text, __filename);
writeFileSync(join(root, "fleet.schema.json"), compiled.exports.fleetJsonSchema());
