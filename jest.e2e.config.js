const { availableParallelism, freemem } = require("node:os");

// A Terraform collects its garbage less often here: a plan takes a fifth less of a core, and 200 MB more.
process.env.GOGC ??= "400";

/** A file waits for the provider's polls most of the time, so that several share a core. */
const filesPerCore = 3;

/** Bytes that a file needs: moto, its sandbox, and one or two stacks that are being deployed. */
const memoryPerFile = 2 * 1024 ** 3;

/**
 * End to end: the real Terraform, the real provider and moto. Files run side by side, each with a sandbox of its own.
 * Those that take longest begin.
 */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/__tests__/e2e/**/*.e2e.ts"],
  testTimeout: 900_000,
  testSequencer: "<rootDir>/__tests__/e2e/sequencer.js",
  globalSetup: "<rootDir>/__tests__/e2e/global-setup.js",
  maxWorkers: Math.max(
    1,
    Math.min(availableParallelism() * filesPerCore, Math.floor(freemem() / memoryPerFile)),
  ),
  reporters: ["default", "<rootDir>/__tests__/e2e/progress.js"],
};
