// Compiles the benchmark in memory and runs it: see docs/benchmarks.md.
const Module = require("node:module");
const { join } = require("node:path");

const root = join(__dirname, "..");
require("../bin/build").ensureBuilt();
const { outputFiles } = require("esbuild").buildSync({
  absWorkingDir: root,
  entryPoints: ["bench/main.ts"],
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20",
  format: "cjs",
  write: false,
});
const compiled = new Module(__filename, module);
compiled.paths = module.paths;
compiled._compile(outputFiles[0].text, __filename);
