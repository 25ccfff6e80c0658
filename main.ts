import { loadFleet } from "./check/load";
import { failWith, printDiagnostics } from "./cli/output/errors";
import { fleetPath } from "./cli/shared/environment";
import { synthFleet } from "./stacks/fleet-app";

async function main(): Promise<void> {
  const { diagnostics, fleet } = await loadFleet(fleetPath());
  printDiagnostics(diagnostics, process.stderr);
  if (!fleet) {
    process.exitCode = 1;
    return;
  }
  synthFleet(fleet, { traces: process.env.MERIDIAN_TRACES === "1" });
}

main().catch(failWith);
