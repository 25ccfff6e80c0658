import { CommanderError } from "commander";
import pc from "picocolors";
import type { Diagnostic, Severity } from "../../fleet/diagnostics";
import { UserError } from "../../fleet/errors";

const colours: Readonly<Record<Severity, (text: string) => string>> = {
  error: pc.red,
  warning: pc.yellow,
  info: pc.cyan,
};

/** Writes findings the way compilers do, so that editors and terminals can jump to them. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], out: NodeJS.WritableStream): void {
  for (const found of diagnostics) {
    const place = `${found.file}:${found.line}:${found.column}`;
    out.write(`${pc.bold(place)} ${colours[found.severity](found.severity)} ${pc.dim(found.code)}\n`);
    const { other } = found;
    const also = other && `${found.file}:${other.line}:${other.column}${other.path && ` (${other.path})`}`;
    const lines = [
      found.message,
      ...(also ? [`${pc.dim("and:")} ${also}`] : []),
      `${pc.dim("why:")} ${found.why}`,
      `${pc.dim("fix:")} ${found.fix}`,
    ];
    for (const line of lines) out.write(`    ${line}\n`);
  }
}

/** `2 errors, 1 warning`, or `no problems`. */
export function summarize(diagnostics: readonly Diagnostic[]): string {
  const counts = (["error", "warning", "info"] as const).map((severity) => {
    const count = diagnostics.filter((found) => found.severity === severity).length;
    const noun = severity === "info" ? "hint" : severity;
    return count > 0 ? `${count} ${noun}${count > 1 ? "s" : ""}` : "";
  });
  return counts.filter(Boolean).join(", ") || "no problems";
}

/** Thrown where a fleet file has errors, which are printed already. */
export class FleetErrors extends UserError {
  constructor(
    file: string,
    /** The errors alone. */
    readonly diagnostics: readonly Diagnostic[],
    why: string,
    fix: string,
  ) {
    super(`${file} has ${summarize(diagnostics)}`, why, fix);
  }
}

/**
 * Ends the process with exit code 1, saying what went wrong. An error meant for the user is shown as it is; a stack
 * trace only appears with MERIDIAN_TRACES=1.
 */
export function failWith(error: unknown): void {
  if (error instanceof CommanderError) {
    // It has said so itself; and to ask for help is no error.
    process.exitCode = error.exitCode;
    return;
  }
  const traces = process.env.MERIDIAN_TRACES === "1";
  process.stderr.write(`${pc.red("error")} ${describe(error, traces)}\n`);
  process.exitCode = 1;
}

function describe(error: unknown, traces: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (traces) return error.stack ?? error.message;
  if (error instanceof UserError) return error.message;
  return `${error.message}\n  (set MERIDIAN_TRACES=1 to see a stack trace)`;
}
