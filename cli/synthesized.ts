import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckedFleet } from "../check/load";
import { readSynthesized, type Synthesized } from "../evidence/synthesized";
import { synthFleet } from "../stacks/synth";
import { synthSettings } from "./synth-settings";

/** The Terraform JSON of a fleet, synthesized into a folder that is gone afterwards. */
export async function synthesized(checked: CheckedFleet): Promise<Synthesized> {
  const outdir = mkdtempSync(join(tmpdir(), "meridian-evidence-"));
  try {
    await synthFleet(checked, { ...synthSettings(), outdir });
    return readSynthesized(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
