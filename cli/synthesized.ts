import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckedFleet } from "../check/load";
import { readSynthesized, type Synthesized } from "../evidence/synthesized";
import { synthFleet } from "../stacks/synth";

/** The Terraform JSON of a fleet, synthesized into a folder that is gone afterwards. */
export function synthesized(checked: CheckedFleet): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "meridian-evidence-"));
  try {
    synthFleet(checked, { outdir });
    return readSynthesized(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
