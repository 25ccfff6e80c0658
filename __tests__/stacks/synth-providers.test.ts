import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CellEntry } from "../../fleet/schema/fleet-file";
import { synthFleet } from "../../stacks/synth-fleet";
import { synthHere } from "../../stacks/synth-here";
import { checkedOf, fleetOf, smallFile } from "../support/fleet";

// A new kind of stack whose author has forgotten the provider, and that there is a rule about it.
jest.mock("../../stacks/log-stack", () => {
  const { CloudwatchLogGroup } = jest.requireActual("@cdktf/provider-aws/lib/cloudwatch-log-group");
  const { TerraformStack } = jest.requireActual("cdktf");
  return {
    LogStack: class extends TerraformStack {
      constructor(scope: unknown, _fleet: unknown, { name }: { readonly name: string }) {
        super(scope, name);
        new CloudwatchLogGroup(this, "logs", { name: "logs" });
      }
    },
  };
});

const cell = { ...smallFile.cells.globex, front: { logs: true } } as CellEntry;
const checked = checkedOf(fleetOf({ ...smallFile, cells: { globex: cell } }));
const message = /aws_cloudwatch_log_group at globex_front_logs_eu-central-1\/logs names no provider/;

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "meridian-providers-"));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

test("a kind of stack that says nothing of the provider rule is held to it, and no stack is written", async () => {
  await expect(synthFleet(checked, { outdir, threadScript: "", threads: 1 })).rejects.toThrow(message);
  expect(existsSync(join(outdir, "manifest.json"))).toBe(false);
  expect(existsSync(join(outdir, "stacks"))).toBe(false);
});

test("so it is in one app, with traces", () => {
  expect(() => synthHere(checked, outdir, { traces: true })).toThrow(message);
  expect(readdirSync(join(outdir, "stacks"))).toEqual([]);
});
