/** Fast tests: no Terraform, no moto, nothing outside this process but short-lived Node children. */
module.exports = {
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.meridian/", "<rootDir>/cdktf.out/"],
};
