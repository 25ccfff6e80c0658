import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { edgeFunctions } from "./edge-function";
import { text } from "./json";
import { blocksOf, parseStack, type Stack } from "./stack";

/** All stacks of a fleet, by name, as they would be deployed. */
export type Synthesized = ReadonlyMap<string, Stack>;

/**
 * Reads what was synthesized: from here on, nothing is believed that does not stand in the JSON, or in the code that it
 * names for the edge. The folder is not needed any more afterwards.
 *
 * @param outdir the output folder, e.g. `cdktf.out`
 */
export function readSynthesized(outdir: string): Synthesized {
  const stacks = join(outdir, "stacks");
  // Fronts share one file.
  const files = new Map<string, Uint8Array | undefined>();
  return new Map(
    readdirSync(stacks)
      .sort()
      .map((name) => {
        const folder = join(stacks, name);
        const json: unknown = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
        const stack = parseStack(name, json, (path) => files.get(join(folder, path)));
        for (const path of edgeFiles(stack)) {
          const file = join(folder, path);
          if (!files.has(file)) files.set(file, fileAt(file));
        }
        return [name, stack] as const;
      }),
  );
}

/** Paths of the zips that a stack runs at the edge. */
function edgeFiles(stack: Stack): readonly string[] {
  const addresses = edgeFunctions(stack);
  return blocksOf(stack, "aws_lambda_function").flatMap(({ address, attributes }) =>
    addresses.has(address) ? [text(attributes.filename) ?? ""] : [],
  );
}

function fileAt(path: string): Uint8Array | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : undefined;
}
