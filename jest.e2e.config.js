/** End to end: the real Terraform, the real provider and moto. One file at a time: each stack wants a core. */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/__tests__/e2e/**/*.e2e.ts"],
  testTimeout: 900_000,
  maxWorkers: 1,
};
