// Preloaded into each process that is measured: writes its peak memory, in bytes, when it exits.
const { readFileSync, writeFileSync } = require("node:fs");

/** Linux hands a parent's peak on to its children in `resourceUsage()`; /proc counts this process alone. */
function peakMemory() {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    return Number(kilobytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

process.on("exit", () => writeFileSync(process.env.BENCH_PEAK_FILE, String(peakMemory())));
