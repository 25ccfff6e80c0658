import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseStack, type Stack } from "./stack";

/** All stacks of a fleet, by name, as they would be deployed. */
export type Synthesized = ReadonlyMap<string, Stack>;

/**
 * Reads what was synthesized: from here on, nothing is believed that does not stand in the JSON.
 *
 * @param outdir the output folder, e.g. `cdktf.out`
 */
export function readSynthesized(outdir: string): Synthesized {
  const stacks = join(outdir, "stacks");
  return new Map(
    readdirSync(stacks)
      .sort()
      .map((name) => {
        const folder = join(stacks, name);
        const json: unknown = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
        return [name, parseStack(name, json, (path) => fileAt(join(folder, path)))] as const;
      }),
  );
}

function fileAt(path: string): Uint8Array | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : undefined;
}
