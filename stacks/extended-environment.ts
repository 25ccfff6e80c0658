import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import type { CheckedFleet } from "../check/load";
import { fleetStacks } from "../fleet/stacks";
import type { Extension } from "./extensions/extension";
import type { ServiceVariable } from "./extensions/variables";
import { addStacks } from "./fleet-stacks";
import { TargetStack } from "./target-stack";
import { withoutTraces } from "./traces";

/**
 * The variables that extensions set in functions, one for each target that they set it in. Only the extensions know them, so
 * the stacks of the targets are made, and not written.
 *
 * @param extensions those that the fleet was checked with
 * @throws {UserError} an extension does what none may
 */
export function extendedEnvironment(
  checked: CheckedFleet,
  extensions: readonly Extension[],
): readonly ServiceVariable[] {
  if (extensions.length === 0) return [];
  // An app makes its folder at once.
  const outdir = mkdtempSync(join(tmpdir(), "meridian-environment-"));
  try {
    const app = new App({ outdir });
    const targets = fleetStacks(checked.fleet).filter(({ kind }) => kind === "target");
    withoutTraces(() => addStacks(app, checked, targets, extensions));
    return app.node.children.flatMap((stack) => (stack instanceof TargetStack ? stack.variables : []));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
