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

/** The command line as one file, for an assembly: all that plans and deploys is in it. */
const oneFile = join(dist, "one-file.js");

/** What synthesizes, and is large: who works on sources has these packages beside them. */
const forSynthesis = ["@cdktf/*", "cdktf", "cdktf-cli", "constructs", "esbuild"];

/** When the newest source in a folder was last changed, in milliseconds. */
function newest(folder) {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return newest(path);
    return /\.(ts|js|json)$/.test(entry.name) ? statSync(path).mtimeMs : 0;
  });
  return Math.max(0, ...times);
}

/** @param made a file that says by its age when it was made */
function isCurrent(made) {
  const built = statSync(made, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = ["package.json", "package-lock.json"].map((file) => statSync(join(root, file)).mtimeMs);
  return built > Math.max(...files, ...sources.map((folder) => newest(join(root, folder))));
}

const shared = {
  absWorkingDir: root,
  outdir: dist,
  write: false,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  logLevel: "warning",
};

function build() {
  const started = new Date();
  bundle({ ...shared, entryPoints, packages: "external", sourcemap: "linked" });
  writeFileSync(stamp, "");
  utimesSync(stamp, started, started);
}

function buildOneFile() {
  const started = new Date();
  const entryPoints = { "one-file": "cli/meridian.ts" };
  bundle({ ...shared, entryPoints, external: forSynthesis, minifyWhitespace: true });
  utimesSync(oneFile, started, started);
}

/** Each file is written beside its place and renamed, so that a process that starts meanwhile never reads half. */
function bundle(options) {
  const { outputFiles } = require("esbuild").buildSync(options);
  mkdirSync(dist, { recursive: true });
  for (const { contents, path } of outputFiles) {
    const scratch = `${path}.${process.pid}`;
    writeFileSync(scratch, contents);
    renameSync(scratch, path);
  }
}

/** An installed package has no sources, and what is in its dist/ is what it was published with. */
const isInstalled = () => !existsSync(join(root, entryPoints.app));

function ensureBuilt() {
  if (!isInstalled() && !isCurrent(stamp)) build();
}

/** @returns where the command line as one file is */
function ensureOneFile() {
  if (!isInstalled() && !isCurrent(oneFile)) buildOneFile();
  return oneFile;
}

module.exports = { ensureBuilt, ensureOneFile, sources };
if (require.main === module) ensureBuilt();
