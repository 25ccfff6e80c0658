import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The file in an assembly that says what it is: written last, so that no half of one has it. */
export const assemblyFile = "assembly.json";

/** The nearest folder that has one of these files, looked for upwards. */
function nearest(folder: string, ...files: readonly string[]): string | undefined {
  if (files.some((file) => existsSync(join(folder, file)))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearest(parent, ...files);
}

/** Beside the program, or where the command was run, unless a project lies nearer. */
function assemblyFolder(): string | undefined {
  const isAssembly = (folder: string | undefined) =>
    folder !== undefined && existsSync(join(folder, assemblyFile));
  const candidates = [__dirname, nearest(process.cwd(), assemblyFile, "cdktf.json")];
  return candidates.find(isAssembly);
}

/** Folder of the assembly that is worked on; undefined in a project. */
export const assemblyRoot = assemblyFolder();

function packageFolder(): string {
  // In an assembly the program brings along nothing but itself.
  if (existsSync(join(__dirname, assemblyFile))) return __dirname;
  const found = nearest(__dirname, "package.json");
  if (found === undefined) throw new Error(`no package.json above ${__dirname}`);
  return found;
}

/** Folder of Meridian itself, wherever its code was compiled to. What it brings along is read here; nothing is written. */
export const packageRoot = packageFolder();

/**
 * Folder of the user's project: state, output and scratch folders belong to it, and main.ts lies in it. That is the nearest
 * with a cdktf.json, from where the command was run; elsewhere, the project that Meridian is a part of or is installed in. An
 * assembly is in the place of its project.
 */
export const projectRoot =
  assemblyRoot ?? nearest(process.cwd(), "cdktf.json") ?? nearest(packageRoot, "cdktf.json") ?? process.cwd();
