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
