import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { terraformEnvironment } from "../../operations/terraform/environment";
import { cdktf } from "./support";

describe("the bare CLI of CDKTF", () => {
  let output: string;

  beforeEach(() => {
    output = mkdtempSync(join(tmpdir(), "meridian-cdktf-"));
  });

  afterEach(() => rmSync(output, { recursive: true, force: true }));

  const synth = (file: string) =>
    cdktf(
      { ...terraformEnvironment(process.env, projectRoot), MERIDIAN_FLEET: file },
      "synth",
      "--output",
      output,
    );

  test("synthesizes the example fleet", async () => {
    const { code } = await synth(join(projectRoot, "fleet.yaml"));
    expect(code).toBe(0);
    expect(readdirSync(join(output, "stacks"))).toHaveLength(18);
  });

  test("refuses a fleet that fails a check, says where and why, and writes nothing", async () => {
    const bad = join(projectRoot, "__tests__", "check", "fixtures", "unknown-region", "fleet.yaml");
    const { code, text } = await synth(bad);
    expect(code).not.toBe(0);
    expect(text).toMatch(/fleet\.yaml:\d+:\d+ error unknown-region/);
    expect(text).not.toMatch(/\n\s+at .*\.js:\d+/);
    expect(existsSync(join(output, "stacks"))).toBe(false);
  });
});
