import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Manifest } from "cdktf";
import { lockedProviders, lockFile, lockOf, requiredProviders } from "../fleet/provider-lock";

/**
 * Puts the project's lock file into the folder of each stack, where Terraform reads it, whoever runs it: CDKTF's CLI too, which
 * leaves a file alone that has what the stack asks for. A stack gets the providers that it asks for, which is mostly all of
 * it.
 *
 * A copy in the output folder itself says that there was one. With the project's, these copies go: Terraform would go by them
 * as if somebody had reviewed them still. What `terraform init` makes by itself, where the project has none, stays: nobody
 * takes it for reviewed, it only says what this machine has seen before, and without it each stack would be initialized anew.
 *
 * @param stacks names of those that were synthesized
 */
export function placeLock(outdir: string, stacks: readonly string[], lock: string | undefined): void {
  const noted = join(outdir, lockFile);
  const folder = join(outdir, Manifest.stacksFolder);
  if (lock === undefined) {
    if (!existsSync(noted)) return;
    for (const stack of readdirSync(folder)) rmSync(join(folder, stack, lockFile), { force: true });
    // Last, so that the next synth goes on where this one is cut off.
    rmSync(noted);
    return;
  }
  write(noted, lock);
  // The text of each stack is read again only where it makes a difference.
  const isOne = lockedProviders(lock).length === 1;
  for (const stack of stacks) {
    const own = isOne ? lock : lockOf(lock, requiredProviders(textOf(join(folder, stack))));
    write(join(folder, stack, lockFile), own);
  }
}

/** What is right already is left alone: another command's Terraform may be reading it. */
function write(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}

const textOf = (stack: string) => readFileSync(join(stack, "cdk.tf.json"), "utf8");
