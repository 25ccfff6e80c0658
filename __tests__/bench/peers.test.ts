import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFleet } from "../../bench/generate-fleet";
import { installPeers, type PeerTarget, requirePeerOutput, writePeerInput } from "../../bench/peers";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-bench-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the peers are given every target of the fleet, each with names of its own, and the bundle", async () => {
  const { file, targets } = await writePeerInput(writeFleet(folder, 9), folder);
  const input = JSON.parse(readFileSync(file, "utf8"));
  expect(input.targets).toEqual(targets);
  expect(readFileSync(input.zip).subarray(0, 2).toString()).toBe("PK");
  expect(new Set(targets.map(({ account, region }) => `${account} ${region}`)).size).toBe(9);
  expect(targets[8]).toEqual({
    stack: "tenant-00005-tenant-00005-us-east-1",
    account: "100000000005",
    region: "us-east-1",
    frontAccount: "100000000005",
    functionName: "bench_tenant-00005_hello",
    roleName: "bench_tenant-00005_hello_us-east-1",
    environment: expect.objectContaining({ GREETING: "hello" }),
    tags: expect.objectContaining({ "meridian:stack": "tenant-00005_tenant-00005_us-east-1" }),
  });
});

describe("the output of aws-cdk", () => {
  const targets = ["eu-west-1", "us-east-1"].map(
    (region) => ({ stack: `acme-${region}`, account: "111111111111", region }) as PeerTarget,
  );

  const whole = [
    "AWS::IAM::Role",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
  ];

  /** Writes what an app of one stack per target writes: the first in full, the second with the types given. */
  const write = (types: readonly string[], environment = "aws://111111111111/us-east-1") => {
    const stack = (name: string, environment: string, types: readonly string[]) => {
      const Resources = Object.fromEntries(types.map((Type, index) => [`r${index}`, { Type }]));
      writeFileSync(join(folder, `${name}.template.json`), JSON.stringify({ Resources }));
      const properties = { templateFile: `${name}.template.json` };
      return { [name]: { type: "aws:cloudformation:stack", environment, properties } };
    };
    const artifacts = {
      "acme-eu-west-1.assets": { type: "cdk:asset-manifest" },
      ...stack("acme-eu-west-1", "aws://111111111111/eu-west-1", whole),
      ...stack("acme-us-east-1", environment, types),
    };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ artifacts }));
  };

  test("passes with a whole stack for each target, with and without aws-cdk's statistics", () => {
    write([...whole, "AWS::CDK::Metadata"]);
    expect(() => requirePeerOutput(folder, targets)).not.toThrow();
  });

  test.each([
    [
      "a resource is missing",
      whole.slice(1),
      "acme-us-east-1 in .* has 1 AWS::Lambda::Alias, .*, not 1 AWS::IAM",
    ],
    ["a permission is missing", whole.filter((_, index) => index !== 3), "has .* 1 AWS::Lambda::Permission"],
    ["there is one more", [...whole, "AWS::IAM::Policy"], "has 1 AWS::IAM::Policy"],
  ])("does not pass where %s", (_, types, message) => {
    write(types);
    expect(() => requirePeerOutput(folder, targets)).toThrow(new RegExp(message));
  });

  test("does not pass where a stack is in another region", () => {
    write(whole, "aws://111111111111/us-west-2");
    expect(() => requirePeerOutput(folder, targets)).toThrow(
      "is in aws://111111111111/us-west-2, not in 111",
    );
  });

  test("does not pass where a stack is one too many, or nothing was written", () => {
    expect(() => requirePeerOutput(folder, targets)).toThrow("manifest.json is not there");
    write(whole);
    expect(() => requirePeerOutput(folder, targets.slice(1))).toThrow("has 2 stacks for 1 targets");
  });
});

test("where the packages cannot be installed, the message names the command, the folder and the way out", async () => {
  const empty = join(folder, "peers");
  mkdirSync(empty);
  writeFileSync(join(empty, "package.json"), "{}");
  await expect(installPeers(empty)).rejects.toThrow(
    /`npm ci` in .*peers failed \(exit code 1\).*measure without --peers.*package-lock\.json/s,
  );
});
