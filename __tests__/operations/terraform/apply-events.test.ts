import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPlan } from "../../../operations/terraform/terraform";

const folder = mkdtempSync(join(tmpdir(), "meridian-apply-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an apply tells what is done to resources, and not that data was read", async () => {
  const done = (action: string) =>
    JSON.stringify({ "@message": action, type: "apply_complete", hook: { action } });
  const script = `#!/bin/sh\necho '${done("create")}'\necho '${done("read")}'\necho '${done("delete")}'\n`;
  writeFileSync(join(folder, "terraform"), script, { mode: 0o755 });
  const told: unknown[] = [];
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  await applyPlan({ folder, env }, "some.tfplan", ({ hook }) => told.push(hook?.action));
  expect(told).toEqual(["create", "delete"]);
});
