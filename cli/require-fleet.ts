import { type CheckedFleet, checkFleet } from "../check/load";
import { UserError } from "../fleet/errors";
import { printDiagnostics, summarize } from "./output/report";

/**
 * Loads a fleet for a command that needs one. Errors and warnings are printed on standard error; advice is for
 * `meridian check`.
 *
 * @throws {UserError} the fleet has errors
 */
export async function requireFleet(file: string): Promise<CheckedFleet> {
  const { checked, diagnostics } = await checkFleet(file);
  const weighty = diagnostics.filter(({ severity }) => severity !== "info");
  printDiagnostics(weighty, process.stderr);
  if (checked) return checked;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  throw new UserError(
    `${file} has ${summarize(errors)}`,
    "nothing is made from a fleet that fails a check",
    "correct what is listed above; `npx meridian check` shows it again",
  );
}
