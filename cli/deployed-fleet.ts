import { UserError } from "../fleet/errors";
import { loadFleet } from "../fleet/load";
import type { Fleet } from "../fleet/model";
import { printDiagnostics, summarize } from "./report";

/**
 * Loads a fleet for a command that works on what is deployed. That needs no sources, and is in a hurry: only errors
 * are printed, on standard error.
 *
 * @throws {UserError} the fleet has errors
 */
export async function deployedFleet(file: string): Promise<Fleet> {
  const { diagnostics, fleet } = await loadFleet(file, { bundles: false });
  if (fleet) return fleet;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  printDiagnostics(errors, process.stderr);
  throw new UserError(
    `${file} has ${summarize(errors)}`,
    "it says which cells there are, and where; the deployed fleet is not touched",
    "use the file of the commit that was deployed: --fleet <file>",
  );
}
