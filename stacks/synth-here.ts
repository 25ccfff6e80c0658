import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, Manifest } from "cdktf";
import { bundleOf } from "../bundles/bundles";
import type { BundleRef } from "../bundles/zip";
import type { CheckedFleet } from "../check/load";
import { hashesBodies } from "../fleet/routes";
import { type FleetStack, fleetStacks } from "../fleet/stacks";
import { bundleFolder } from "./bundle-folder";
import { checkExtended } from "./extensions/extended";
import type { Extension } from "./extensions/extension";
import { addFingerprints } from "./fingerprint";
import { addStacks } from "./fleet-stacks";
import { hashBundle } from "./hash-bundle";
import { type Job, type PartResult, takeNoMore, takePart } from "./parts";
import { placeLock } from "./place-lock";
import { withPlainValues } from "./plain-values";
import { checkProviders } from "./provider-rules";
import { withoutTraces } from "./traces";

interface SynthHereOptions {
  /** Whether constructs remember where in the code they were made. @default false */
  readonly traces?: boolean;
  /** Those that the fleet was checked with. @default none */
  readonly extensions?: readonly Extension[];
}

/**
 * Writes all stacks of a fleet, their bundles and the manifest as CDKTF itself does it: in one app.
 *
 * @param outdir folder for the result; made if it is not there
 * @throws a stack breaks a rule about providers; then nothing is written
 */
export function synthHere(
  checked: CheckedFleet,
  outdir: string,
  { extensions = [], traces = false }: SynthHereOptions = {},
): void {
  const synth = () => synthStacks(checked, fleetStacks(checked.fleet), outdir, extensions);
  if (traces) synth();
  else withoutTraces(() => withPlainValues(synth));
  writeBeside(checked, outdir);
}

/** Takes one part after the other until none is left, and writes its stacks. After a failure nobody takes another. */
export function* synthParts(
  job: Job,
  outdir: string,
  extensions: readonly Extension[] = [],
): Generator<PartResult> {
  for (let taken = takePart(job); taken; taken = takePart(job)) {
    const { index, part } = taken;
    try {
      const synth = () => synthStacks(job.checked, part, outdir, extensions);
      const { manifest } = withoutTraces(() => withPlainValues(synth));
      yield { index, stacks: manifest.stacks };
    } catch (error) {
      takeNoMore(job);
      yield { index, stacks: {}, error };
    }
  }
}

function synthStacks(
  checked: CheckedFleet<BundleRef>,
  stacks: readonly FleetStack[],
  outdir: string,
  extensions: readonly Extension[],
): App {
  const app = new App({ outdir });
  addStacks(app, checked, stacks, extensions);
  // First, for it says which extension did it.
  if (extensions.length > 0) checkExtended(app, checked.fleet, stacks);
  checkProviders(app);
  addFingerprints(app);
  app.synth();
  return app;
}

/**
 * Puts stacks that were written elsewhere into their places, and writes the manifest of all, and the bundles.
 *
 * @param from folders that {@link synthParts} has written to, on the file system of `outdir`
 */
export function collectParts(
  checked: CheckedFleet,
  results: readonly PartResult[],
  from: readonly string[],
  outdir: string,
): void {
  const { manifest } = new App({ outdir });
  for (const { stacks } of results) Object.assign(manifest.stacks, stacks);
  for (const folder of from)
    moveStacks(join(folder, Manifest.stacksFolder), join(outdir, Manifest.stacksFolder));
  manifest.writeToFile();
  writeBeside(checked, outdir);
}

/** Other things in a stack's folder, such as Terraform's own, stay. */
function moveStacks(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const stack of readdirSync(from)) {
    const [source, target] = [join(from, stack), join(to, stack)];
    if (!existsSync(target)) {
      renameSync(source, target);
      continue;
    }
    for (const name of readdirSync(source)) {
      rmSync(join(target, name), { recursive: true, force: true });
      renameSync(join(source, name), join(target, name));
    }
  }
}

/** What stacks need beside their JSON. */
function writeBeside(checked: CheckedFleet, outdir: string): void {
  writeBundles(checked, outdir);
  const stacks = fleetStacks(checked.fleet).map(({ name }) => name);
  placeLock(outdir, stacks, checked.providerLock);
}

function writeBundles({ bundles, fleet }: CheckedFleet, outdir: string): void {
  const folder = join(outdir, bundleFolder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const used = fleet.cells.flatMap((cell) => [
    ...cell.services.map((service) => bundleOf(bundles, cell.name, service.name)),
    ...(hashesBodies(cell) ? [hashBundle()] : []),
  ]);
  for (const { file, zip } of new Set(used)) writeFileSync(join(folder, file), zip);
}
