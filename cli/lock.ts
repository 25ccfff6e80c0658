import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Fleet } from "../fleet/model";
import { projectRoot } from "../fleet/project";
import { type LockedProvider, lockedProviders, lockFile, shortSource } from "../fleet/provider-lock";
import { count } from "../fleet/wording";
import { mirrorToLock, terraformEnvironment } from "../operations/terraform/environment";
import { lockProviders, lockSources, requiredOfAll } from "../operations/terraform/lock-providers";
import { platform as ownPlatform } from "../operations/terraform/provider-mirror";
import { printJson } from "./output/json";
import { table } from "./output/table";
import { readingSynth } from "./shared/evidence";
import { requireFleet } from "./shared/fleet";
import { say } from "./shared/fleet-work";
import { listenForInterrupts } from "./shared/interrupts";

/** Options of `meridian lock`. */
export interface LockOptions {
  /** As Terraform calls them. @default this machine's, and that of CodeBuild, which is always among them where the fleet has a pipeline */
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
  const checked = await requireFleet(file);
  const platforms = platformsOf(platform, checked.fleet);
  const required = requiredOfAll(await readingSynth(checked, textsIn));
  const mirror = mirrorToLock(process.env);
  for (const { from, required: asked } of lockSources({ mirror, required })) {
    const names = asked.map(({ source }) => shortSource(source)).join(", ");
    say(`Asking ${from} for the checksums of ${names}, for ${platforms.join(", ")} …`);
  }
  const env = terraformEnvironment(process.env, projectRoot);
  const text = await lockProviders({ required, platforms, mirror, env, signal: stop });
  const path = join(projectRoot, lockFile);
  const before = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  const changed = before !== text;
  if (changed) writeAsWhole(path, text);
  const shown = relative(process.cwd(), path);
  const providers = lockedProviders(text);
  for (const note of fewer(lockedProviders(before ?? ""), providers)) say(note);
  if (json) printJson({ file: shown, changed, providers: providers.map((one) => shownAs(one, platforms)) });
  else
    process.stdout.write(`${report(providers, platforms)}\n${shown}: ${changed ? written : "up to date"}\n`);
}

/** The platforms to lock for, sorted: a pipeline's builds deploy, whoever else does. */
export function platformsOf(
  named: readonly string[] | undefined,
  { pipeline }: Pick<Fleet, "pipeline">,
): readonly string[] {
  const platforms = named ?? [ownPlatform, buildPlatform];
  return [...new Set([...platforms, ...(pipeline ? [buildPlatform] : [])])].sort();
}

/** What a kind of machine that deploys may miss now. Which kinds the file had cannot be told: it has only one checksum of each. */
function fewer(before: readonly LockedProvider[], now: readonly LockedProvider[]): readonly string[] {
  return before.flatMap((one) => {
    const had = kindsIn(one);
    const has = kindsIn(now.find(({ source }) => source === one.source));
    const name = shortSource(one.source);
    if (has >= had) return [];
    if (has === 0) return [`note: ${name} is not in the file any more: no stack asks for it`];
    const what = `the file had checksums of ${count(had, "kind")} of machine, and has ${has} now`;
    return [`note: ${name}: ${what}; name each kind that deploys with --platform`];
  });
}

/** Of each kind of machine, there is one checksum of a provider's files. */
const kindsIn = (locked: LockedProvider | undefined) =>
  locked?.checksums.filter((checksum) => checksum.startsWith("h1:")).length ?? 0;

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
