import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { projectRoot } from "../fleet/project";
import { type LockedProvider, lockedProviders, lockFile, shortSource } from "../fleet/provider-lock";
import { terraformEnvironment, usedMirror } from "../operations/terraform/environment";
import { lockProviders, requiredOfAll } from "../operations/terraform/lock-providers";
import { platform as ownPlatform } from "../operations/terraform/provider-mirror";
import { printJson } from "./output/json";
import { table } from "./output/table";
import { readingSynth } from "./shared/evidence";
import { requireFleet } from "./shared/fleet";
import { say } from "./shared/fleet-work";
import { listenForInterrupts } from "./shared/interrupts";

/** Options of `meridian lock`. */
export interface LockOptions {
  /** As Terraform calls them. @default this machine's, and that of CodeBuild */
  readonly platform?: readonly string[];
  readonly json?: boolean;
}

/** Of the pipeline's builds: Linux on x86_64. */
const buildPlatform = "linux_amd64";

/**
 * `meridian lock`: makes the project's lock file, or makes it anew: with the checksums of all providers that the fleet's
 * stacks ask for. What it said before counts for nothing, so that what it says is what was asked for.
 *
 * @throws {UserError} the fleet has errors, its stacks do not agree about a provider, or one is not to be had; the file is as
 * it was then
 */
export async function lock(file: string, { json = false, platform }: LockOptions): Promise<void> {
  const { stop } = listenForInterrupts();
  const platforms = [...new Set(platform ?? [ownPlatform, buildPlatform])].sort();
  // A file that is out of date is what this is for.
  const checked = await requireFleet(file, { ignoresLock: true });
  const required = requiredOfAll(await readingSynth(checked, textsIn));
  const mirror = usedMirror(process.env);
  const from = mirror === undefined ? "Terraform's registry" : `the mirror ${mirror}`;
  say(`Asking ${from} for checksums, for ${platforms.join(", ")} …`);
  const env = terraformEnvironment(process.env, projectRoot);
  const text = await lockProviders({ required, platforms, mirror, env, signal: stop });
  const path = join(projectRoot, lockFile);
  const changed = !existsSync(path) || readFileSync(path, "utf8") !== text;
  if (changed) writeAsWhole(path, text);
  const shown = relative(process.cwd(), path);
  const providers = lockedProviders(text);
  if (json) printJson({ file: shown, changed, providers: providers.map((one) => shownAs(one, platforms)) });
  else
    process.stdout.write(`${report(providers, platforms)}\n${shown}: ${changed ? written : "up to date"}\n`);
}

const written = "written; review it, and commit it";

function shownAs({ source, version }: LockedProvider, platforms: readonly string[]) {
  return { provider: shortSource(source), version, platforms };
}

function report(providers: readonly LockedProvider[], platforms: readonly string[]): string {
  const rows = providers.map(({ source, version }) => [shortSource(source), version, platforms.join(", ")]);
  return table(["provider", "version", "platforms"], rows);
}

function textsIn(outdir: string): ReadonlyMap<string, string> {
  const stacks = readdirSync(join(outdir, "stacks")).sort();
  return new Map(
    stacks.map((name) => [name, readFileSync(join(outdir, "stacks", name, "cdk.tf.json"), "utf8")]),
  );
}

/** Beside its place, and moved there: whatever ends this before, no half of it is there. */
function writeAsWhole(path: string, text: string): void {
  const scratch = `${path}.${process.pid}`;
  try {
    writeFileSync(scratch, text);
    renameSync(scratch, path);
  } finally {
    rmSync(scratch, { force: true });
  }
}
