import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { FleetStack } from "../../../fleet/stacks";
import { planFleet } from "../../../operations/plan/plan-fleet";
import type { TerraformPlan } from "../../../operations/plan/terraform-plan";
import type { FleetStore } from "../../../operations/store/model";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-memory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const terraform = `#!/bin/sh
case $1 in
  plan) exit 2 ;;
  show) echo '{"format_version":"1.2","resource_changes":[],"output_changes":{"url":{"actions":["update"],"before":1,"after":2}}}' ;;
esac
`;

test("plans are let go of while others are still being made", async () => {
  setFlagsFromString("--expose_gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const stacks = ["a", "b", "c", "d"].map(
    (name) => ({ name, kind: "target", account: { name: "main", id: "111111111111" }, after: [] }) as unknown,
  ) as readonly FleetStack[];
  for (const { name } of stacks) {
    mkdirSync(join(folder, "stacks", name), { recursive: true });
    writeFileSync(join(folder, "stacks", name, "cdk.tf.json"), "{}");
  }
  writeFileSync(join(folder, "terraform"), terraform, { mode: 0o755 });
  const made: WeakRef<TerraformPlan>[] = [];
  const kept: number[] = [];
  await planFleet({
    ...{ stacks, outdir: folder, plans: folder, parallelism: 1, all: false },
    store: { state: async () => undefined } as unknown as FleetStore,
    terraform: (_, own) => ({ folder: own, env: { PATH: `${folder}:${process.env.PATH}` } }),
    onPlan(_, plan) {
      collectGarbage();
      kept.push(made.filter((earlier) => earlier.deref() !== undefined).length);
      made.push(new WeakRef(plan));
    },
    onProgress: () => {},
  });
  expect(kept).toHaveLength(4);
  // The last one may still be on its way.
  expect(Math.max(...kept)).toBeLessThanOrEqual(1);
});
