import { access, constants, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../fleet/errors";
import { describeError } from "../aws/errors";

/**
 * Changes a text file in one step: whoever reads it meanwhile, or after a crash, sees it as it was or as it is to be.
 * Its mode stays; a symbolic link stays, and what it leads to is changed.
 *
 * @throws {UserError} the file cannot be written, is no UTF-8, or was changed by somebody else meanwhile; what `edit`
 * throws: nothing was written
 */
export async function editFile(file: string, edit: (text: string) => string): Promise<void> {
  try {
    await edited(await realpath(file), edit);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw notWritten(file, describeError(error), "make the file and its folder writable, and try again");
  }
}

async function edited(path: string, edit: (text: string) => string): Promise<void> {
  const bytes = await readFile(path);
  const text = bytes.toString("utf8");
  if (!Buffer.from(text).equals(bytes)) {
    throw notWritten(path, "it is not valid UTF-8", "save it as UTF-8, and try again");
  }
  const result = edit(text);
  await access(path, constants.W_OK);
  const { mode } = await stat(path);
  // In the same folder, for only within a file system is a rename one step.
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await writeThrough(temporary, result, mode & 0o7777);
    if (!(await readFile(path)).equals(bytes)) {
      throw notWritten(path, "somebody else changed it in the meantime", "look at the change, and try again");
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Writes a file and waits until it is on the disk. */
async function writeThrough(path: string, text: string, mode: number): Promise<void> {
  const handle = await open(path, "wx", mode);
  try {
    // The mode of `open` is lessened by the umask.
    await handle.chmod(mode);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notWritten(file: string, what: string, fix: string): UserError {
  return new UserError(`${file} was not changed: ${what}`, "nothing that is written there may be lost", fix);
}
