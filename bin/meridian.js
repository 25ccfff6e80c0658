#!/usr/bin/env node
const words = process.argv.slice(2);
const sandbox = words.indexOf("sandbox");
if (sandbox >= 0 && words.includes("env", sandbox)) {
  // In `eval "$(npx meridian sandbox env)" && …` nothing else keeps the shell from going on, and to real AWS, whatever failed.
  process.on("exit", (code) => code === 0 || process.stdout.write("false\n"));
}
require("./build").ensureBuilt();
require("../dist/meridian.js");
