import { UserError } from "../fleet/errors";
import { loadFleet } from "../fleet/load";
import type { Fleet } from "../fleet/model";
import { printDiagnostics, summarize } from "./report";

/**
 * Loads a fleet for a command that needs one.
 *
 * @throws {UserError} the fleet has errors; they are printed first
 */
export async function requireFleet(file: string): Promise<Fleet> {
  const { diagnostics, fleet } = await loadFleet(file);
  if (fleet) return fleet;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  printDiagnostics(errors, process.stderr);
  throw new UserError(
    `${file} has ${summarize(errors)}`,
    "nothing is made from a fleet that fails a check",
    "correct what is listed above; `npx meridian check` shows it again",
  );
}
