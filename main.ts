import { checkFleet } from "./check/load";
import { fleetPath } from "./cli/fleet-path";
import { failWith, printDiagnostics } from "./cli/output/report";
import { synthFleet } from "./stacks/synth";

async function main(): Promise<void> {
  const { diagnostics, checked } = await checkFleet(fleetPath());
  printDiagnostics(diagnostics, process.stderr);
  if (!checked) {
    process.exitCode = 1;
    return;
  }
  synthFleet(checked, { traces: process.env.MERIDIAN_TRACES === "1" });
}

main().catch(failWith);
