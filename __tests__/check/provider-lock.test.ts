import { lockProblems } from "../../check/provider-lock";
import { awsBlock, lockBlock, lockText, randomBlock } from "../support/locks";

const found = (text: string) =>
  lockProblems({ file: ".terraform.lock.hcl", text }).map(
    ({ file, line, message }) => `${file}:${line} ${message}`,
  );

test("a lock file with a checksum of the version that stacks ask for is fine, whatever else it has", () => {
  expect(found(lockText(awsBlock))).toEqual([]);
  expect(found(lockText(randomBlock, awsBlock))).toEqual([]);
});

test.each([
  ["is empty", "", ":1 .terraform.lock.hcl has no hashicorp/aws"],
  ["has another provider only", lockText(randomBlock), ":1 .terraform.lock.hcl has no hashicorp/aws"],
  [
    "has another version",
    lockText(randomBlock, lockBlock("hashicorp/aws", "5.99.1", "h1:aws=")),
    ":13 it has hashicorp/aws 5.99.1, and stacks ask for 5.100.0",
  ],
  [
    "has no checksum",
    lockText(lockBlock("hashicorp/aws", "5.100.0")),
    ":4 it has no checksum of the files of hashicorp/aws 5.100.0 (h1:)",
  ],
  [
    "has checksums of downloads only, which no installed provider is held to",
    lockText(lockBlock("hashicorp/aws", "5.100.0", "zh:00ff")),
    ":4 it has no checksum of the files of hashicorp/aws 5.100.0 (h1:)",
  ],
])("one that %s is an error, at its line", (_, text, expected) => {
  expect(found(text)).toEqual([`.terraform.lock.hcl${expected}`]);
});
