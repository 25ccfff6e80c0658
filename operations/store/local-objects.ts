import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { projectRoot } from "../../fleet/project";
import type { Objects } from "./objects";

/**
 * The folder of local state: beside CDKTF's output folder, where terraform-state/backend.ts puts it.
 *
 * @param output the output folder, as CDKTF_OUTPUT names it
 */
export function localStateFolder(output: string | undefined): string {
  return join(resolve(projectRoot, output || "cdktf.out"), "..", "terraform-state");
}

/**
 * The file of a stack's local state.
 *
 * @param output the output folder, as CDKTF_OUTPUT names it
 */
export function localStateFile(stack: string, output: string | undefined): string {
  return join(localStateFolder(output), `${stack}.tfstate`);
}

/**
 * Files of a folder. What is written can be read by its owner only.
 *
 * @param place what messages call it
 */
export function localObjects(folder: string, place: string): Objects {
  const pathOf = (key: string) => join(folder, key);
  const read = async (key: string) => {
    const bytes = await orUndefined(readFile(pathOf(key)));
    return bytes && { bytes, tag: sha256(bytes) };
  };
  return {
    place,
    read,
    size: async (key) => (await orUndefined(stat(pathOf(key))))?.size,
    write: (key, bytes) => writeWhole(pathOf(key), bytes),
    async remove(key, tag) {
      // Files have no condition, so another process may still come between these two.
      if (tag !== undefined) {
        const now = await read(key);
        if (now && now.tag !== tag) return false;
      }
      await rm(pathOf(key), { force: true });
      return true;
    },
    async list(under) {
      const entries = (await orUndefined(readdir(pathOf(under), { withFileTypes: true }))) ?? [];
      const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(unfinished));
      return {
        names: files.map(({ name }) => name).sort(),
        folders: entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort(),
      };
    },
  };
}

/** End of the name of a file that is not whole yet. */
const unfinished = ".part";

/** Writes a file beside its place, and moves it there once it is on the disk. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${randomBytes(6).toString("hex")}${unfinished}`;
  try {
    const file = await open(part, "wx", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** In hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Undefined where there is no such file or folder. */
async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
