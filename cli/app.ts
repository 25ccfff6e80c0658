// The CDKTF app: what `cdktf synth` runs, by way of bin/app.js. What the user says of it stands in their main.ts.
import { checkFleet } from "../check/load";
import { readLock } from "../check/provider-lock";
import { projectRoot } from "../fleet/project";
import { synthFleet } from "../stacks/synth-fleet";
import { failWith, printDiagnostics } from "./output/errors";
import { loadApp } from "./shared/app";
import { fleetPath } from "./shared/environment";
import { synthSettings } from "./shared/synth-settings";

async function main(): Promise<void> {
  const { compiled, extensions, facts } = await loadApp();
  const { checked, diagnostics } = await checkFleet(fleetPath(), {
    extensions: facts,
    providerLock: readLock(projectRoot),
  });
  printDiagnostics(diagnostics, process.stderr);
  if (!checked) {
    process.exitCode = 1;
    return;
  }
  await synthFleet(checked, { ...synthSettings(), extensions, app: compiled });
}

main().catch(failWith);
