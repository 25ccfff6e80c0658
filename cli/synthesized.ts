import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSynthesized, type Synthesized } from "../evidence/synthesized";
import type { Fleet } from "../fleet/model";
import { synthFleet } from "../stacks/fleet-app";

/** The Terraform JSON of a fleet, synthesized into a folder that is gone afterwards. */
export function synthesized(fleet: Fleet): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "meridian-evidence-"));
  try {
    synthFleet(fleet, { outdir });
    return readSynthesized(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
