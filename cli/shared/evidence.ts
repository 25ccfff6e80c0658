import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckedFleet } from "../../check/load";
import { readSynthesized, type Synthesized } from "../../evidence/synthesized";
import type { Cell, Fleet, WaitingCell } from "../../fleet/model";
import { synthFleet } from "../../stacks/synth-fleet";
import { loadApp } from "./app";
import { cellsNamed, onlyWaiting } from "./cells";
import { requireFleet } from "./fleet";
import { synthSettings } from "./synth-settings";

/** What a command shows evidence of. */
export interface EvidenceScope {
  readonly checked: CheckedFleet;
  readonly fleet: Fleet;
  readonly cells: readonly Cell[];
  /** Cells that the evidence is silent about: they are not deployed either. */
  readonly waiting: readonly WaitingCell[];
}

/**
 * All cells of a fleet, or the one that is named.
 *
 * @throws {UserError} the fleet has errors, there is no such cell, or there is none but those that wait
 */
export async function evidenceScope(file: string, cell: string | undefined): Promise<EvidenceScope> {
  const checked = await requireFleet(file);
  const { fleet } = checked;
  const cells = cellsNamed(fleet, cell);
  if (cells.length === 0) throw onlyWaiting(fleet);
  return { checked, fleet, cells, waiting: cell === undefined ? fleet.waiting : [] };
}

/** The Terraform JSON of a fleet, synthesized into a folder that is gone afterwards. */
export function synthesized(checked: CheckedFleet): Promise<Synthesized> {
  return readingSynth(checked, readSynthesized);
}

/** Synthesizes a fleet into a folder that is gone as soon as it was read. */
export async function readingSynth<T>(checked: CheckedFleet, read: (outdir: string) => T): Promise<T> {
  const outdir = mkdtempSync(join(tmpdir(), "meridian-evidence-"));
  try {
    const { compiled, extensions } = await loadApp();
    await synthFleet(checked, { ...synthSettings(), outdir, extensions, app: compiled });
    return read(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
