// Runs the end-to-end tests where Terraform and moto are there. In CI they have to be.
const { spawnSync } = require("node:child_process");
const { join } = require("node:path");

const root = join(__dirname, "..");
const run = (program, args, stdio) =>
  spawnSync(process.execPath, [join(root, program), ...args], { cwd: root, stdio });

require("./build").ensureBuilt();
const doctor = run("bin/meridian.js", ["doctor", "--json"], ["ignore", "pipe", "inherit"]);
const missing = JSON.parse(String(doctor.stdout)).findings.filter((finding) => !finding.ok);
for (const { fix, message, name } of missing) console.error(`${name}: ${message}\n  fix: ${fix}`);
if (missing.length === 0) {
  const jest = run(
    "node_modules/jest/bin/jest.js",
    ["--config", "jest.e2e.config.js", ...process.argv.slice(2)],
    "inherit",
  );
  process.exitCode = jest.status ?? 1;
} else if (process.env.CI) {
  console.error("The end-to-end tests are required in CI.");
  process.exitCode = 1;
} else {
  console.error("The end-to-end tests are skipped: see above.");
}
