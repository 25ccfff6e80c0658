// Colours come and go with the terminal and with CI; what a test compares is the text.
process.env.NO_COLOR = "1";

/** Fast tests: no Terraform, no moto, nothing outside this process but short-lived Node children. */
module.exports = {
  // Tests of extensions stand beside them, as docs/extend.md shows.
  testMatch: ["__tests__", "extensions", "examples"].map((folder) => `<rootDir>/${folder}/**/*.test.ts`),
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  // Many tests start the command line as a child process: seconds on a busy machine, where jest would wait for five.
  testTimeout: 120_000,
  // Jest would leave one core to itself, which is half of two.
  maxWorkers: "100%",
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.meridian/", "<rootDir>/cdktf.out/"],
};
