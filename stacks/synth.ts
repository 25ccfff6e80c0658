import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { bundleOf } from "../bundles/bundles";
import type { CheckedFleet } from "../check/load";
import { addStacks } from "./fleet-stacks";
import { withPlainValues } from "./plain-values";
import { checkProviders } from "./provider-rules";
import { bundleFolder } from "./target-stack";
import { withoutTraces } from "./traces";

/** How to synthesize. */
export interface SynthOptions {
  /** Folder for the result. @default CDKTF_OUTDIR, which the CDKTF CLI sets, else `cdktf.out` */
  readonly outdir?: string;
  /** Whether constructs remember where in the code they were made. @default false */
  readonly traces?: boolean;
}

/**
 * Writes the Terraform JSON of all stacks of a fleet, and the bundles that they refer to.
 *
 * @throws a stack breaks a rule about providers; then nothing is written
 */
export function synthFleet(checked: CheckedFleet, { outdir, traces = false }: SynthOptions = {}): void {
  const synth = () => {
    const app = new App({ outdir });
    addStacks(app, checked);
    checkProviders(app);
    app.synth();
    writeBundles(checked, app.outdir);
  };
  if (traces) synth();
  else withoutTraces(() => withPlainValues(synth));
}

function writeBundles({ bundles, fleet }: CheckedFleet, outdir: string): void {
  const folder = join(outdir, bundleFolder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const used = fleet.cells.flatMap((cell) =>
    cell.services.map((service) => bundleOf(bundles, cell.name, service.name)),
  );
  for (const { file, zip } of new Set(used)) writeFileSync(join(folder, file), zip);
}
