import pc from "picocolors";
import { type CheckedFleet, checkFleet, loadFleet } from "../../check/load";
import type { Fleet } from "../../fleet/model";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { FleetErrors, printDiagnostics } from "../output/errors";
import { waitingNotes } from "./cells";

/**
 * Loads a fleet for a command that makes something from it. Errors and warnings are printed on standard error; advice
 * is for `meridian check`.
 *
 * @throws {FleetErrors}
 */
export async function requireFleet(file: string): Promise<CheckedFleet> {
  const { checked, diagnostics } = await checkFleet(file);
  const weighty = diagnostics.filter(({ severity }) => severity !== "info");
  printDiagnostics(weighty, process.stderr);
  if (checked) return checked;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  throw new FleetErrors(
    file,
    errors,
    "nothing is made from a fleet that fails a check",
    "correct what is listed above; `npx meridian check` shows it again",
  );
}

/** A fleet, and the file that it was made from. */
export interface DeployedFleet {
  readonly fleet: Fleet;
  readonly written: FleetFile;
}

/**
 * Loads a fleet for a command that works on what is deployed. That needs no sources, and is in a hurry: only errors
 * and the cells that are left out are printed, on standard error.
 *
 * @throws {FleetErrors}
 */
export async function deployedFleet(file: string, fix?: string): Promise<Fleet> {
  const { fleet } = await deployedFleetFile(file, fix);
  for (const note of waitingNotes(fleet)) process.stderr.write(`${pc.cyan("note")} ${note}\n`);
  return fleet;
}

/**
 * As {@link deployedFleet}, with what is written, e.g. of accounts that do not exist yet.
 *
 * @param fix what to do about errors
 */
export async function deployedFleetFile(
  file: string,
  fix = "use the fleet file of the commit that was deployed: --fleet <file>",
): Promise<DeployedFleet> {
  const { diagnostics, fleet, written } = loadFleet(file);
  if (fleet && written) return { fleet, written };
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  printDiagnostics(errors, process.stderr);
  throw new FleetErrors(
    file,
    errors,
    "it says which cells there are and where; the deployed fleet was not touched",
    fix,
  );
}
