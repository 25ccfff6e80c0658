import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * Makes sure that two programs did the same work.
 *
 * @throws {Error} a folder is not there, or the two do not hold the same files with the same bytes
 */
export function requireSameOutput(a = "", b = ""): void {
  const files = filesIn(a);
  const others = filesIn(b);
  if (files.join("\n") !== others.join("\n")) {
    throw new Error(`${a} has ${files.length} files and ${b} has ${others.length}, or others`);
  }
  for (const file of files) {
    if (!readFileSync(join(a, file)).equals(readFileSync(join(b, file)))) {
      throw new Error(`${file} is not the same in ${a} and in ${b}`);
    }
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * Elements in the Terraform JSON of all stacks: resources, data sources, providers, outputs.
 *
 * @throws {Error} the folder is not there
 */
export function elementsIn(outdir = ""): number {
  const stacks = filesIn(outdir).filter((file) => file.endsWith("cdk.tf.json"));
  const counts = stacks.map((file) => {
    const json = JSON.parse(readFileSync(join(outdir, file), "utf8"));
    const named = [json.resource, json.data, json.provider].flatMap((types = {}) => Object.values(types));
    const elements = [...named, json.output ?? {}].flatMap((each) => Object.keys(each as object));
    return elements.length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
