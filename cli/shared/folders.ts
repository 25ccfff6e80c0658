import { existsSync, statSync } from "node:fs";
import { UserError } from "../../fleet/errors";

/**
 * Refuses a file where a command is to make a folder.
 *
 * @param shown the path as it was given
 * @throws {UserError} there is a file
 */
export function requireNoFile(path: string, shown: string): void {
  if (!existsSync(path) || statSync(path).isDirectory()) return;
  throw new UserError(
    `${shown} is a file, not a folder`,
    "what is made is more than one file, and lies in a folder of its own",
    "name an empty folder, or one that does not exist",
  );
}
