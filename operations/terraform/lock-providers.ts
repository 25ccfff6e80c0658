import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../fleet/errors";
import {
  awsSource,
  holdsFiles,
  lockedProviders,
  lockFile,
  providerVersion,
  type RequiredProvider,
  requiredProviders,
  shortSource,
} from "../../fleet/provider-lock";
import { runGroup } from "./process-group";
import { reason } from "./provider-folder";

/** What to lock, and who says what it is. */
export interface LockRequest {
  readonly required: readonly RequiredProvider[];
  /** As Terraform calls them, e.g. `linux_amd64`. */
  readonly platforms: readonly string[];
  /** Where the AWS provider is installed from. @default the registry */
  readonly mirror?: string;
  /** All of Terraform's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops it when aborted. */
  readonly signal?: AbortSignal;
}

/** What a stack asks for, with the stack's name. */
type Asked = RequiredProvider & { readonly by: string };

/**
 * The providers that stacks ask for, each once; that of AWS in any case.
 *
 * @param texts the JSON of each stack, by its name
 * @throws {UserError} two stacks ask for different versions of one
 */
export function requiredOfAll(texts: ReadonlyMap<string, string>): readonly RequiredProvider[] {
  const all = new Map<string, Asked>();
  all.set(awsSource, { source: awsSource, version: providerVersion, by: "Meridian" });
  for (const [by, text] of texts) {
    for (const required of requiredProviders(text)) {
      const before = all.get(required.source);
      if (before === undefined) all.set(required.source, { ...required, by });
      else if (before.version !== required.version) throw twoVersions(before, { ...required, by });
    }
  }
  return [...all.values()].map(({ by: _, ...required }) => required);
}

function twoVersions(one: Asked, other: Asked): UserError {
  const [first, second] = [one, other].map(({ by, version }) => `${by} asks for ${version ?? "any version"}`);
  return new UserError(
    `${first} of ${shortSource(one.source)}, and ${second}`,
    "the provider lock file is one for all stacks, and has one version of each provider",
    "ask for the same version in all extensions",
  );
}

/** Providers that are asked of one place. */
export interface LockSource {
  /** As messages call it. */
  readonly from: string;
  readonly required: readonly RequiredProvider[];
}

/** Where providers are asked for, each place once: the AWS provider of the mirror, if there is one, all others of their registries. */
export function lockSources({
  mirror,
  required,
}: Pick<LockRequest, "mirror" | "required">): readonly LockSource[] {
  const places = new Map<string, RequiredProvider[]>();
  for (const one of required) {
    const [host = ""] = one.source.split("/");
    const registry = host === "registry.terraform.io" ? "Terraform's registry" : `the registry ${host}`;
    const from = mirror !== undefined && one.source === awsSource ? `the mirror ${mirror}` : registry;
    places.set(from, [...(places.get(from) ?? []), one]);
  }
  return [...places].map(([from, asked]) => ({ from, required: asked }));
}

/** Milliseconds: for each platform, Terraform downloads the provider to compute its checksum. */
const timeLimit = 60 * 60_000;

/**
 * Asks Terraform for the checksums of providers, in a folder that is gone afterwards: from the registry, which signs them, or,
 * where Terraform is to install the AWS provider from a mirror, of that from there.
 * https://developer.hashicorp.com/terraform/cli/commands/providers/lock
 *
 * @returns the text of a lock file
 * @throws {UserError} one of them is not to be had for one of the platforms
 */
export async function lockProviders(request: LockRequest): Promise<string> {
  const { mirror, required } = request;
  const folder = mkdtempSync(join(tmpdir(), "meridian-lock-"));
  try {
    const asked = required.map(({ source, version }, index) => [`provider-${index}`, { source, version }]);
    const terraform = { required_providers: Object.fromEntries(asked) };
    writeFileSync(join(folder, "versions.tf.json"), JSON.stringify({ terraform }));
    const fromMirror = required.filter(({ source }) => mirror !== undefined && source === awsSource);
    const others = required.filter((one) => !fromMirror.includes(one));
    if (fromMirror.length > 0) await lockSome(request, folder, fromMirror, [`-fs-mirror=${mirror}`]);
    if (others.length > 0) await lockSome(request, folder, others, []);
    return wholeText(folder, required);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lockSome(
  { env, platforms, signal }: LockRequest,
  cwd: string,
  required: readonly RequiredProvider[],
  options: readonly string[],
): Promise<void> {
  const lines: string[] = [];
  const sources = required.map(({ source }) => source);
  const wanted = platforms.map((platform) => `-platform=${platform}`);
  const { code, stopped } = await runGroup({
    command: "terraform",
    args: ["providers", "lock", "-no-color", ...options, ...wanted, ...sources],
    ...{ cwd, env, timeout: timeLimit, signal },
    onLine: (line) => lines.push(line),
  }).catch((error: unknown) => {
    throw notLocked(sources, String(error), "install Terraform, and see `npx meridian doctor`");
  });
  if (stopped === "aborted") throw notLocked(sources, "it was stopped", "run the command again");
  if (stopped === "timeout")
    throw notLocked(sources, `it takes longer than ${timeLimit / 60_000} minutes`, notThere);
  if (code !== 0) throw notLocked(sources, reason(lines, "providers lock"), notThere);
}

const notThere =
  "see that this machine reaches registry.terraform.io, or name a mirror of the AWS provider with MERIDIAN_PROVIDER_MIRROR, which has to hold it for each --platform: where a configuration of Terraform (TF_CLI_CONFIG_FILE, ~/.terraformrc) installs from, `terraform providers lock` does not ask";

function notLocked(sources: readonly string[], why: string, how: string): UserError {
  return new UserError(
    `${sources.map(shortSource).join(", ")} cannot be locked, and ${lockFile} is as it was`,
    why,
    how,
  );
}

/** @throws {UserError} something is missing though Terraform has succeeded */
function wholeText(folder: string, required: readonly RequiredProvider[]): string {
  const text = readFileSync(join(folder, lockFile), "utf8");
  const locked = lockedProviders(text).filter(holdsFiles);
  const missing = required.filter(({ source }) => !locked.some((one) => one.source === source));
  if (missing.length === 0) return text;
  throw notLocked(
    missing.map(({ source }) => source),
    "Terraform has written no checksum of its files",
    notThere,
  );
}
