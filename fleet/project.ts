import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest folder that has a file, looked for upwards. */
function nearest(folder: string, file: string): string | undefined {
  if (existsSync(join(folder, file))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearest(parent, file);
}

function packageFolder(): string {
  const found = nearest(__dirname, "package.json");
  if (found === undefined) throw new Error(`no package.json above ${__dirname}`);
  return found;
}

/** Folder of Meridian itself, wherever its code was compiled to. What it brings along is read here; nothing is written. */
export const packageRoot = packageFolder();

/**
 * Folder of the user's project: state, output and scratch folders belong to it, and main.ts lies in it. That is the nearest
 * with a cdktf.json, from where the command was run; elsewhere, the project that Meridian is a part of or is installed in.
 */
export const projectRoot =
  nearest(process.cwd(), "cdktf.json") ?? nearest(packageRoot, "cdktf.json") ?? process.cwd();
