import { hasErrors } from "../fleet/diagnostics";
import { loadFleet } from "../fleet/load";
import { printDiagnostics, summarize } from "./report";

/** `meridian check`: everything that is wrong with a fleet file, at once. Exit code 1 where there are errors. */
export async function check(file: string, options: { readonly json?: boolean }): Promise<void> {
  const { diagnostics } = await loadFleet(file);
  const ok = !hasErrors(diagnostics);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ok, diagnostics }, null, 2)}\n`);
  } else {
    printDiagnostics(diagnostics, process.stdout);
    process.stdout.write(`${file}: ${summarize(diagnostics)}\n`);
  }
  if (!ok) process.exitCode = 1;
}
