import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Cell, Fleet, Target } from "../fleet/model";
import { addStacksAround } from "./around-fleet";
import { bundleFolder } from "./bundle-path";
import { FrontStack } from "./front-stack";
import { LogStack } from "./log-stack";
import { withPlainValues } from "./plain-values";
import { TargetStack } from "./target-stack";
import { withoutTraces } from "./traces";

/** How to synthesize. */
export interface SynthOptions {
  /** Folder for the result. @default CDKTF_OUTDIR, which the CDKTF CLI sets, else `cdktf.out` */
  readonly outdir?: string;
  /** Whether constructs remember where in the code they were made. @default false */
  readonly traces?: boolean;
}

/** Writes the Terraform JSON of all stacks of a fleet, and the bundles that they refer to. */
export function synthFleet(fleet: Fleet, { outdir, traces = false }: SynthOptions = {}): void {
  const synth = () => {
    const app = new App({ outdir });
    addStacksAround(app, fleet);
    for (const cell of fleet.cells) addCell(app, fleet, cell);
    app.synth();
    writeBundles(fleet, app.outdir);
  };
  if (traces) synth();
  else withoutTraces(() => withPlainValues(synth));
}

function addCell(app: App, fleet: Fleet, cell: Cell): void {
  const stacks = new Map<string, Target[]>();
  for (const target of cell.targets) stacks.set(target.stack, [...(stacks.get(target.stack) ?? []), target]);
  const targetStacks = [...stacks].map(([name, targets]) => new TargetStack(app, name, fleet, cell, targets));
  const { logs } = cell.front;
  const front = new FrontStack(app, fleet, cell, targetStacks);
  if (logs) front.addDependency(new LogStack(app, fleet, cell, logs));
}

function writeBundles(fleet: Fleet, outdir: string): void {
  const folder = join(outdir, bundleFolder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const bundle of fleet.bundles) writeFileSync(join(folder, bundle.file), bundle.zip);
}
