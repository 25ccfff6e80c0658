import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../fleet/errors";
import { assemblyFile, packageRoot } from "../fleet/project";
import { lockFile } from "../fleet/provider-lock";
import { fleetStacks } from "../fleet/stacks";
import { count } from "../fleet/wording";
import { stackFolder } from "../operations/plan/stack-json";
import { makeOwnFolder, removeLeftFolders } from "../operations/recovery/leftovers";
import { lockIn } from "../operations/terraform/provider-lock";
import { assemblyParts, assemblyText, lockHash } from "./shared/assembly";
import { extensionFacts, sourcesRevision } from "./shared/facts";
import { deployedFleet } from "./shared/fleet";
import { synthesizeInto } from "./shared/fleet-work";
import { requireNoFile } from "./shared/folders";
import { listenForInterrupts } from "./shared/interrupts";

/** Options of `meridian assemble`. */
export interface AssembleOptions {
  /** Folder of the assembly. */
  readonly out: string;
}

/**
 * `meridian assemble`: checks and synthesizes the fleet into a folder that can be planned and deployed anywhere else, where
 * there are neither sources nor packages. The same sources give the same files.
 *
 * @throws {UserError} the fleet has errors, keeps its state in files, or the folder has something in it, or is a file
 */
export async function assemble(file: string, { out }: AssembleOptions): Promise<void> {
  const { stop } = listenForInterrupts();
  const folder = resolve(out);
  requireEmpty(folder, out);
  const extensions = await extensionFacts();
  const revision = await sourcesRevision();
  // Beside its place, and moved there when it is whole: whatever ends this before, no half of one can be taken for it.
  const prefix = `.${basename(folder)}-`;
  removeLeftFolders(dirname(folder), prefix);
  const scratch = makeOwnFolder(dirname(folder), prefix);
  try {
    const whole = join(scratch, "whole");
    mkdirSync(whole);
    // Says everything that is wrong with the fleet at once, sources included.
    await synthesizeInto(join(whole, assemblyParts.output), file, stop);
    const fleet = await deployedFleet(file, { extensions });
    if (fleet.state.backend === "local") throw localState();
    copyFileSync(file, join(whole, assemblyParts.fleet));
    copyFileSync(programFile(), join(whole, assemblyParts.program));
    // What the synth has put beside the stacks, rather than what lies in the project by now.
    const lock = lockIn(join(whole, assemblyParts.output));
    const providerLock = lock && lockHash(lock);
    if (lock !== undefined) copyFileSync(lock, join(whole, assemblyParts.providerLock));
    removeCopies(join(whole, assemblyParts.output));
    writeFileSync(join(whole, assemblyFile), assemblyText({ extensions, revision, providerLock }));
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(whole, folder);
    const what = `${count(fleetStacks(fleet).length, "stack")} of the fleet ${fleet.name}`;
    const from = revision === undefined ? "" : `, from ${revision}`;
    process.stdout.write(`${out} has ${what}${from}. There: node ${assemblyParts.program} plan\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The synth's copies of the provider lock file: each stack gets its own before Terraform runs, from the one that is checked. */
function removeCopies(outdir: string): void {
  const stacks = readdirSync(join(outdir, "stacks")).map((name) => stackFolder(outdir, name));
  for (const folder of [outdir, ...stacks]) rmSync(join(folder, lockFile), { force: true });
}

/** The command line as one file: made now in a clone, and brought along by a package. */
function programFile(): string {
  const build = join(packageRoot, "bin", "build.js");
  const { ensureOneFile } = createRequire(build)(build) as { readonly ensureOneFile: () => string };
  return ensureOneFile();
}

function requireEmpty(folder: string, shown: string): void {
  requireNoFile(folder, shown);
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new UserError(
    `${shown} is not empty`,
    "what is in it would go, or be taken for a part of the assembly",
    "name an empty folder, or one that does not exist",
  );
}

/** Elsewhere the fleet would seem never to have been deployed, and what a deploy writes would be lost with the build. */
function localState(): UserError {
  return new UserError(
    "the fleet keeps its state in files of this project",
    "an assembly is deployed elsewhere, where these are not: all that exists would be made once more",
    "keep the state in a bucket first: see terraform-state/README.md",
  );
}
