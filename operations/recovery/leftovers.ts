import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HostProcess, isRunning, isWholeMachine, thisHost } from "./processes";

/** The file in a folder that says whose it is. */
const ownerFile = "owner.json";

/**
 * Makes a folder for the time of this process, readable by its owner only. It says whose it is before anything is in it, so
 * that a later process can tell whether it is still needed: see {@link removeLeftFolders}.
 *
 * @param place where to make it
 * @param prefix beginning of its name, e.g. `plans-`
 */
export function makeOwnFolder(place: string, prefix: string, owner: HostProcess = thisHost()): string {
  mkdirSync(place, { recursive: true });
  // `mkdtemp` makes it for its owner only.
  const folder = mkdtempSync(join(place, prefix));
  writeFileSync(join(folder, ownerFile), JSON.stringify(owner));
  return folder;
}

/** Removes the folders of processes that are provably gone, which were killed before they could do it themselves. */
export function removeLeftFolders(place: string, prefix: string, here: HostProcess = thisHost()): void {
  for (const name of namesIn(place)) {
    if (!name.startsWith(prefix)) continue;
    const owner = ownerOf(join(place, name));
    if (owner && isGone(owner, here)) rmSync(join(place, name), { recursive: true, force: true });
  }
}

/** Whether a process is provably no more, which can only be seen on its own machine. */
function isGone(owner: HostProcess, here: HostProcess): boolean {
  if (owner.name !== here.name || owner.user !== here.user) return false;
  if (owner.boot === undefined || here.boot === undefined) return false;
  if (owner.boot !== here.boot) return isWholeMachine(owner) && isWholeMachine(here);
  return owner.namespace !== undefined && owner.namespace === here.namespace && !isRunning(owner);
}

function ownerOf(folder: string): HostProcess | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, ownerFile), "utf8")) as HostProcess;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
