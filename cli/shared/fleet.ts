import pc from "picocolors";
import type { CheckedFleet } from "../../check/load";
import { type FleetBeside, loadFleet } from "../../check/read";
import type { Fleet } from "../../fleet/model";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { FleetErrors, printDiagnostics } from "../output/errors";
import { waitingNotes } from "./cells";

/**
 * Loads a fleet, with its extensions, for a command that makes something from it. Errors and warnings are printed on standard error; advice
 * is for `meridian check`.
 *
 * Nothing is held to the project's provider lock file: none of these commands runs Terraform itself, and the synth and
 * `meridian check` look at it.
 *
 * @throws {FleetErrors}
 * @throws {UserError} the user's main.ts cannot be used
 */
export async function requireFleet(file: string): Promise<CheckedFleet> {
  // What bundles and compiles sources is for those who have some: an assembly has none.
  const [{ checkFleet }, { loadApp }] = await Promise.all([import("../../check/load"), import("./app")]);
  const { facts } = await loadApp();
  const { checked, diagnostics } = await checkFleet(file, { extensions: facts });
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

/** How a fleet is loaded for work on what is deployed. */
export interface DeployedOptions extends FleetBeside {
  /** What to do about errors. @default use the file that was deployed */
  readonly fix?: string;
}

/**
 * Loads a fleet for a command that works on what is deployed. That needs no sources, and is in a hurry: only errors
 * and the cells that are left out are printed, on standard error. Where the list of stacks matters, the caller says what
 * extensions there are; nobody should have to mend main.ts before a region can be drained.
 *
 * @throws {FleetErrors}
 */
export async function deployedFleet(file: string, options?: DeployedOptions): Promise<Fleet> {
  const { fleet } = await deployedFleetFile(file, options);
  for (const note of waitingNotes(fleet)) process.stderr.write(`${pc.cyan("note")} ${note}\n`);
  return fleet;
}

/** As {@link deployedFleet}, with what is written, e.g. of accounts that do not exist yet. */
export async function deployedFleetFile(
  file: string,
  {
    extensions,
    fix = "use the fleet file of the commit that was deployed: --fleet <file>",
  }: DeployedOptions = {},
): Promise<DeployedFleet> {
  const { diagnostics, fleet, written } = loadFleet(file, { extensions });
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
