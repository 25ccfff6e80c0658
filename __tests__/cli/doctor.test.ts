import { memoryFinding, terraformFinding } from "../../cli/doctor";
import { runNode } from "../support/run-node";

const gigabyte = 1024 ** 3;

describe("Terraform", () => {
  test("is good enough where it can lock in S3", () => {
    expect(terraformFinding("1.11.4")).toEqual({ name: "Terraform", ok: true, message: "1.11.4", fix: "" });
  });

  test.each([
    ["too old", "1.9.8", "1.9.8"],
    ["not there", undefined, "not on the PATH"],
  ])("that is %s is missing, with a way to get it", (_, version, message) => {
    expect(terraformFinding(version)).toEqual({
      name: "Terraform",
      ok: false,
      message,
      fix: expect.stringContaining("install Terraform 1.10 or newer: https://"),
    });
  });
});

describe("memory", () => {
  test("is enough for at least one stack, or amiss", () => {
    expect(memoryFinding(2 * gigabyte)).toEqual({
      name: "memory",
      ok: true,
      message: "2.0 GB free, enough for 1 stack at once (1.2 GB each)",
      fix: "",
    });
    expect(memoryFinding(gigabyte)).toMatchObject({ ok: false, fix: expect.stringContaining("close other") });
  });

  test("never sounds better than the cores allow", () => {
    const stacks = Number(/(\d+) stacks? at once/.exec(memoryFinding(10_000 * gigabyte).message)?.[1]);
    expect(stacks).toBeGreaterThanOrEqual(1);
    expect(stacks).toBeLessThan(8_000);
  });
});

test("--json is what scripts rely on, and the exit code says whether all is there", async () => {
  // Without a PATH, Terraform is certainly missing.
  const { code, stderr, stdout } = await runNode("bin/meridian.js", ["doctor", "--json"], {
    env: { PATH: "/nowhere" },
  });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  const report = JSON.parse(stdout);
  expect(report).toEqual({ ok: false, findings: expect.any(Array) });
  expect(report.findings.map(({ name }: { name: string }) => name)).toEqual([
    "Node.js",
    "Terraform",
    "provider",
    "moto",
    "port",
    "memory",
  ]);
  for (const finding of report.findings) {
    expect(finding).toEqual({
      name: expect.any(String),
      ok: expect.any(Boolean),
      message: expect.stringMatching(/./),
      fix: finding.ok ? "" : expect.stringMatching(/./),
    });
  }
  expect(report.findings[1]).toMatchObject({ ok: false, message: "not on the PATH" });
});

test("people see what is missing and how to get it", async () => {
  const { code, stdout } = await runNode("bin/meridian.js", ["doctor"], { env: { PATH: "/nowhere" } });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ok {6}Node\.js {4}\d+\.\d+\.\d+$/m);
  expect(stdout).toMatch(/^missing Terraform {2}not on the PATH\n +fix: install Terraform/m);
});
