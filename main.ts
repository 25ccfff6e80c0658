import { checkFleet } from "./check/load";
import { fleetPath } from "./cli/fleet-path";
import { failWith, printDiagnostics } from "./cli/output/report";
import { synthSettings } from "./cli/synth-settings";
import { synthFleet } from "./stacks/synth";

async function main(): Promise<void> {
  const { diagnostics, checked } = await checkFleet(fleetPath());
  printDiagnostics(diagnostics, process.stderr);
  if (!checked) {
    process.exitCode = 1;
    return;
  }
  await synthFleet(checked, synthSettings());
}

main().catch(failWith);
