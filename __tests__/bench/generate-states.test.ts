import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFleet } from "../../bench/generate-fleet";
import { writeStates } from "../../bench/generate-states";
import { checkFleet } from "../../check/load";
import { isDeployed } from "../../operations/plan/plan-fleet";
import { readStackText, stackFacts } from "../../operations/plan/stack-json";
import { parseState } from "../../operations/store/state-file";
import { synthHere } from "../../stacks/synth-here";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "meridian-states-"));
  const { checked } = await checkFleet(writeFleet(folder, 2));
  mkdirSync(join(folder, "cdktf.out"));
  if (checked) synthHere(checked, join(folder, "cdktf.out"), { traces: false });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("every stack of a synth gets a state that says that it is deployed, as large as Terraform's", async () => {
  expect(writeStates(join(folder, "cdktf.out"))).toBe(3);
  const files = readdirSync(join(folder, "terraform-state")).sort();
  expect(files).toEqual([
    "tenant-00001_front.tfstate",
    "tenant-00001_tenant-00001_eu-central-1.tfstate",
    "tenant-00001_tenant-00001_eu-west-1.tfstate",
  ]);
  for (const file of files) {
    const text = readFileSync(join(folder, "terraform-state", file), "utf8");
    const json = await readStackText(join(folder, "cdktf.out"), file.replace(".tfstate", ""));
    expect(isDeployed(parseState(text, file), stackFacts(json))).toBe(true);
    // After a deploy to the sandbox: 15 kB for a target of one service, 23 kB for its front.
    expect(text.length).toBeGreaterThan(12_000);
    expect(text.length).toBeLessThan(25_000);
  }
});
