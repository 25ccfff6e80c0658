import { checkFleet } from "./check/load";
import { failWith, printDiagnostics } from "./cli/output/errors";
import { fleetPath } from "./cli/shared/environment";
import { synthSettings } from "./cli/shared/synth-settings";
import { synthFleet } from "./stacks/synth";

async function main(): Promise<void> {
  const { checked, diagnostics } = await checkFleet(fleetPath());
  printDiagnostics(diagnostics, process.stderr);
  if (!checked) {
    process.exitCode = 1;
    return;
  }
  await synthFleet(checked, synthSettings());
}

main().catch(failWith);
