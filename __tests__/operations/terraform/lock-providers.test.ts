import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFile, providerVersion } from "../../../fleet/provider-lock";
import { lockProviders, requiredOfAll } from "../../../operations/terraform/lock-providers";
import { awsBlock, lockBlock, lockText } from "../../support/locks";

const stack = (required: object) => JSON.stringify({ terraform: { required_providers: required } });
const aws = { aws: { source: "aws", version: "5.100.0" } };
const random = (version?: string) => ({ random: { source: "hashicorp/random", version } });

test("the providers of all stacks are locked, each once, and that of AWS in any case", () => {
  const lockedAws = { source: "registry.terraform.io/hashicorp/aws", version: "5.100.0" };
  expect(requiredOfAll(new Map())).toEqual([lockedAws]);
  const stacks = new Map([
    ["one", stack(aws)],
    ["two", stack({ ...aws, ...random("3.7.2") })],
    ["three", stack({ ...aws, ...random("3.7.2") })],
  ]);
  expect(requiredOfAll(stacks)).toEqual([
    lockedAws,
    { source: "registry.terraform.io/hashicorp/random", version: "3.7.2" },
  ]);
});

test("two versions of one provider are refused, with both stacks", () => {
  const stacks = new Map([
    ["one", stack(random("3.7.2"))],
    ["two", stack(random("3.6.0"))],
  ]);
  expect(() => requiredOfAll(stacks)).toThrow(
    "one asks for 3.7.2 of hashicorp/random, and two asks for 3.6.0",
  );
  stacks.set("two", stack(random()));
  expect(() => requiredOfAll(stacks)).toThrow("two asks for any version");
});

describe("locking", () => {
  let bin: string;
  const required = requiredOfAll(new Map());
  const lock = () =>
    lockProviders({ required, platforms: ["linux_amd64"], env: { PATH: `${bin}:${process.env.PATH}` } });

  /** Puts a program into the place of Terraform. */
  function terraformThat(script: string): void {
    writeFileSync(join(bin, "terraform"), `#!/bin/sh\npwd > ${bin}/place\n${script}\n`, { mode: 0o755 });
  }

  const writing = (text: string) => `cat > ${lockFile} <<'.'\n${text}.`;

  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), "meridian-locking-"));
  });
  afterEach(() => rmSync(bin, { recursive: true }));

  test("gives what Terraform writes, and leaves its folder nowhere", async () => {
    terraformThat(writing(lockText(awsBlock)));
    expect(await lock()).toBe(lockText(awsBlock));
    expect(existsSync(readFileSync(join(bin, "place"), "utf8").trim())).toBe(false);
  });

  test.each([
    ["fails", "echo 'Error: no package' >&2\nexit 1", "Error: no package"],
    ["says nothing", "exit 1", "terraform providers lock failed without a word"],
    [
      "writes checksums of downloads only",
      writing(lockText(lockBlock("hashicorp/aws", providerVersion, "zh:00ff"))),
      "Terraform has written no checksum of its files",
    ],
  ])("is refused where Terraform %s", async (_, script, why) => {
    terraformThat(script);
    await expect(lock()).rejects.toMatchObject({ what: expect.stringContaining("cannot be locked"), why });
  });
});
