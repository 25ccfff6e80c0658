// Compiles the TypeScript sources to dist/ whenever they are newer than what is there. Takes well under a second.
const {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const dist = join(root, "dist");
const stamp = join(dist, "built");

/** Folders that are compiled. */
const sources = [
  "bin",
  "fleet",
  "access",
  "bundles",
  "edge",
  "check",
  "modules",
  "terraform-state",
  "stacks",
  "evidence",
  "operations",
  "sandbox",
  "cli",
];

/**
 * What runs on its own: the CDKTF app, the threads that it synthesizes in, the command line, and the process that the
 * sandbox runs a function in.
 */
const entryPoints = {
  app: "cli/app.ts",
  "synth-thread": "stacks/synth-thread.ts",
  meridian: "cli/meridian.ts",
  "function-process": "sandbox/lambda/function-process.ts",
};

/** When the newest source in a folder was last changed, in milliseconds. */
function newest(folder) {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return newest(path);
    return /\.(ts|js|json)$/.test(entry.name) ? statSync(path).mtimeMs : 0;
  });
  return Math.max(0, ...times);
}

function isCurrent() {
  const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = ["package.json", "package-lock.json"].map((file) => statSync(join(root, file)).mtimeMs);
  return built > Math.max(...files, ...sources.map((folder) => newest(join(root, folder))));
}

/** Each file is written beside its place and renamed, so that a process that starts meanwhile never reads half. */
function build() {
  const started = new Date();
  const { outputFiles } = require("esbuild").buildSync({
    absWorkingDir: root,
    entryPoints,
    outdir: dist,
    write: false,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: "linked",
    logLevel: "warning",
  });
  mkdirSync(dist, { recursive: true });
  for (const { contents, path } of outputFiles) {
    const scratch = `${path}.${process.pid}`;
    writeFileSync(scratch, contents);
    renameSync(scratch, path);
  }
  writeFileSync(stamp, "");
  utimesSync(stamp, started, started);
}

/** An installed package has no sources, and what is in its dist/ is what it was published with. */
const isInstalled = () => !existsSync(join(root, entryPoints.app));

function ensureBuilt() {
  if (!isInstalled() && !isCurrent()) build();
}

module.exports = { ensureBuilt, sources };
if (require.main === module) ensureBuilt();
