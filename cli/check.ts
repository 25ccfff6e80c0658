import { checkFleet } from "../check/load";
import { readLock } from "../check/provider-lock";
import type { Routers } from "../check/routers";
import { hasErrors } from "../fleet/diagnostics";
import { UserError } from "../fleet/errors";
import { limits } from "../fleet/limits";
import { projectRoot } from "../fleet/project";
import { printDiagnostics, summarize } from "./output/errors";
import { printJson } from "./output/json";
import { loadApp } from "./shared/app";

/** How much of what CloudFront allows the router of a cell takes. */
interface RouterSize {
  readonly cell: string;
  readonly bytes: number;
  /** Bytes. */
  readonly limit: number;
}

interface CheckOptions {
  readonly json?: boolean;
  /** The day that AWS's dates are compared with, as `YYYY-MM-DD`. @default today */
  readonly on?: string;
}

/**
 * `meridian check`: everything that is wrong with a fleet file, at once, and how large the routers are. Exit code 1
 * where there are errors.
 */
export async function check(file: string, options: CheckOptions): Promise<void> {
  const today = dayOf(options.on);
  const { facts } = await loadApp();
  const providerLock = readLock(projectRoot);
  const { checked, diagnostics } = await checkFleet(file, { today, extensions: facts, providerLock });
  const ok = !hasErrors(diagnostics);
  const routers = checked ? routerSizes(checked.routers) : [];
  if (options.json) printJson({ ok, diagnostics, routers });
  else {
    printDiagnostics(diagnostics, process.stdout);
    const [largest] = routers.toSorted((a, b) => b.bytes - a.bytes);
    if (largest) process.stdout.write(`${describeSizes(routers, largest)}\n`);
    process.stdout.write(`${file}: ${summarize(diagnostics)}\n`);
  }
  if (!ok) process.exitCode = 1;
}

function routerSizes(routers: Routers): readonly RouterSize[] {
  return [...routers].map(([cell, code]) => ({
    cell,
    bytes: Buffer.byteLength(code),
    limit: limits.edgeFunction,
  }));
}

/** One line, however many cells there are: what counts is the one that gets too large first. */
function describeSizes(routers: readonly RouterSize[], largest: RouterSize): string {
  const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
  const which = routers.length === 1 ? "the router" : `the largest of ${routers.length} routers`;
  const left = kilobytes(largest.limit - largest.bytes);
  return `${which}, that of cell "${largest.cell}", takes up ${kilobytes(largest.bytes)} of ${kilobytes(largest.limit)}, leaving ${left}`;
}

/** @throws {UserError} not a day of the calendar */
function dayOf(written = new Date().toISOString().slice(0, 10)): string {
  const date = new Date(`${written}T00:00:00Z`);
  if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${written}T`)) return written;
  throw new UserError(
    `--on is "${written}"`,
    "AWS's dates can be compared with a day only",
    "write a day as 2027-02-01",
  );
}
