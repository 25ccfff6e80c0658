import { posix } from "node:path";
import { z } from "zod";
import { UserError } from "../../fleet/errors";

/** What is read of a package-lock.json. npm has a page on it: "package-lock.json", under "packages". */
const packageLock = z.object({
  packages: z.record(z.string(), z.object({ resolved: z.string().optional(), link: z.boolean().optional() })),
});

/** Place of the lock file in a project. */
export const packageLockFile = "package-lock.json";

/**
 * Refuses a package-lock.json by which `npm ci` would look for a package among files that it does not get. On this machine it
 * may find it all the same, in npm's cache, and so would a build in the sandbox.
 *
 * @param text of the lock file. What npm cannot read is left to npm, which says what it is
 * @param files that `npm ci` gets, with slashes, relative to the project
 * @throws {UserError} a package comes from elsewhere on this machine
 */
export function requireOwnPackages(text: string, files: readonly string[]): void {
  const there = new Set(files);
  const found = Object.entries(packagesIn(text)).find(([, { link = false, resolved = "" }]) => {
    const path = localPath(resolved, link);
    if (path === undefined) return false;
    return link ? isOutside(path) : !there.has(path);
  });
  if (!found) return;
  const [place, { resolved = "" }] = found;
  const name = place.replace(/^.*node_modules\//, "");
  throw new UserError(
    `${packageLockFile} takes the package ${name} from ${resolved}, which is not among the sources`,
    "a build has the sources alone: its `npm ci` does not find the package, or finds it in a cache that another machine lacks",
    `copy it into the project, for instance into vendor/, \`npm install\` it from there, and leave it to git (docs/install.md)`,
  );
}

function packagesIn(text: string): z.infer<typeof packageLock>["packages"] {
  try {
    return packageLock.parse(JSON.parse(text)).packages;
  } catch {
    return {};
  }
}

/** Where a package lies on this machine, relative to the project; undefined where it comes from elsewhere. */
function localPath(resolved: string, isLink: boolean): string | undefined {
  if (isLink) return posix.normalize(resolved);
  // npm writes a # of the path so, for what follows one would be a fragment.
  return resolved.startsWith("file:")
    ? posix.normalize(resolved.slice("file:".length).replaceAll("%23", "#"))
    : undefined;
}

function isOutside(path: string): boolean {
  return path === ".." || path.startsWith("../") || posix.isAbsolute(path);
}
