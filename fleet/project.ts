import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

function findRoot(folder: string): string {
  if (existsSync(join(folder, "cdktf.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no cdktf.json above ${__dirname}`);
  return findRoot(parent);
}

/** Folder of the project itself, wherever its code was compiled to. */
export const projectRoot = findRoot(__dirname);
