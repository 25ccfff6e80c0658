import { isAtLeast } from "../../fleet/version";

test.each([
  ["1.11.4", "1.10", true],
  ["1.10.0", "1.10", true],
  ["1.9.8", "1.10", false],
  ["1.10.0-rc1", "1.10", true],
  ["2.0.0", "1.10", true],
  ["0.99.9", "1.10", false],
  ["20.9.0", "20.9", true],
  ["20.8.1", "20.9", false],
  ["20", "20.9", false],
  ["24.0.0", "20.9", true],
])("version %s is at least %s: %s", (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});
