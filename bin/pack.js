// Makes what `npm pack` publishes beside the programs: the command line as one file, and dist/lib/, which is what "exports"
// in package.json leads to. File by file, so that what two of them share is there once, and with declarations.
const { spawnSync } = require("node:child_process");
const { cpSync, readdirSync, rmSync } = require("node:fs");
const { join } = require("node:path");
const { ensureBuilt, ensureOneFile } = require("./build");

const root = join(__dirname, "..");
const outdir = join(root, "dist", "lib");

/** stacks/, modules/, and what they may import. */
const folders = ["fleet", "access", "bundles", "edge", "check", "modules", "terraform-state", "stacks"];

const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
);

ensureBuilt();
ensureOneFile();
rmSync(outdir, { recursive: true, force: true });
require("esbuild").buildSync({
  absWorkingDir: root,
  entryPoints: files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts")),
  outdir,
  outbase: root,
  platform: "node",
  target: "node20",
  format: "cjs",
  logLevel: "warning",
});
for (const file of files.filter((name) => name.endsWith(".json")))
  cpSync(join(root, file), join(outdir, file));
const { status } = spawnSync(
  process.execPath,
  [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.package.json"],
  { cwd: root, stdio: "inherit" },
);
process.exitCode = status ?? 1;
