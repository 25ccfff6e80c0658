import pc from "picocolors";
import { loadFleet } from "../check/load";
import { UserError } from "../fleet/errors";
import type { Fleet } from "../fleet/model";
import type { FleetFile } from "../fleet/schema/fleet-file";
import { printDiagnostics, summarize } from "./output/report";
import { waitingNotes } from "./output/waiting-cells";

/** A fleet, and the file that it was made from. */
export interface DeployedFleet {
  readonly fleet: Fleet;
  readonly written: FleetFile;
}

/**
 * Loads a fleet for a command that works on what is deployed. That needs no sources, and is in a hurry: only errors
 * are printed, on standard error, and which cells are left out.
 *
 * @throws {UserError} the fleet has errors
 */
export async function deployedFleet(file: string): Promise<Fleet> {
  const { fleet } = await deployedFleetFile(file);
  for (const note of waitingNotes(fleet)) process.stderr.write(`${pc.cyan("note")} ${note}\n`);
  return fleet;
}

/**
 * As {@link deployedFleet}, with what is written, e.g. of accounts that are not there yet.
 *
 * @param fix what to do about errors
 */
export async function deployedFleetFile(
  file: string,
  fix = "use the file of the commit that was deployed: --fleet <file>",
): Promise<DeployedFleet> {
  const { diagnostics, fleet, written } = loadFleet(file);
  if (fleet && written) return { fleet, written };
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  printDiagnostics(errors, process.stderr);
  throw new UserError(
    `${file} has ${summarize(errors)}`,
    "it says which cells there are, and where; the deployed fleet is not touched",
    fix,
  );
}
