import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../fleet/errors";
import { providerVersion } from "../../fleet/provider-lock";
import { mirrorConfiguration, scratchFolder } from "./environment";
import { runGroup } from "./process-group";
import { lockRefusal, provideLock } from "./provider-lock";
import { holdsUnpackedProvider, platform } from "./provider-mirror";

type Environment = Readonly<Record<string, string>>;

/** How the provider is installed. */
export interface InstallOptions {
  /** Path of the project's provider lock file, which the provider is held to. @default whatever is found is installed */
  readonly providerLock?: string;
  /** Stops the download when aborted. */
  readonly signal?: AbortSignal;
}

/** Milliseconds for a download of some 150 MB. */
const timeLimit = 20 * 60_000;

/**
 * Makes sure that any number of `terraform init` at once have somewhere on this machine to take the provider from. Where
 * there is no mirror each would download it, and a plugin cache is no way out: Terraform writes to it with each `init`, while
 * others run what is in it (https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache). So one
 * `init` installs it below the project's folder, where `.terraform/providers` is laid out as a mirror is.
 *
 * A caller's own configuration of Terraform is left alone: it may be the only one that knows where providers come from.
 *
 * @param env of Terraform, see `terraformEnvironment`
 * @param folder the project's folder
 * @returns the environment to run Terraform in
 * @throws {UserError} Terraform cannot install the provider
 */
export async function ensureProviderFolder(
  env: Environment,
  folder: string,
  options?: InstallOptions,
): Promise<Environment> {
  if (env.TF_CLI_CONFIG_FILE !== undefined) return env;
  const mirror = await installProvider(env, folder, options);
  return { ...env, ...mirrorConfiguration(mirror, folder) };
}

/**
 * Installs the provider below the project's folder, unless it is there already.
 *
 * @returns the folder that can be taken for a mirror
 * @throws {UserError} Terraform cannot install the provider
 */
export async function installProvider(
  env: Environment,
  folder: string,
  options: InstallOptions = {},
): Promise<string> {
  const place = join(folder, scratchFolder, "provider");
  // Another version, or the same for another kind of machine that shares the folder, is kept beside it.
  const installed = join(place, `${providerVersion}_${platform}`);
  const mirror = mirrorIn(installed);
  if (holdsUnpackedProvider(mirror)) return mirror;
  mkdirSync(place, { recursive: true });
  const scratch = mkdtempSync(join(place, "new-"));
  try {
    await initialize(scratch, env, options);
    moveInto(installed, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return mirror;
}

function mirrorIn(folder: string): string {
  return join(folder, ".terraform", "providers");
}

/** Puts a folder in its place at once, so that nobody ever finds half a provider. What another run put there stays. */
function moveInto(place: string, folder: string): void {
  for (;;) {
    try {
      renameSync(folder, place);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
      if (holdsUnpackedProvider(mirrorIn(place))) return;
      // It was linked to a mirror that is gone, or something was deleted.
      rmSync(place, { recursive: true, force: true });
    }
  }
}

async function initialize(
  folder: string,
  env: Environment,
  { providerLock, signal }: InstallOptions,
): Promise<void> {
  const aws = { source: "hashicorp/aws", version: providerVersion };
  const versions = { terraform: { required_providers: { aws } } };
  writeFileSync(join(folder, moduleFile), JSON.stringify(versions));
  if (providerLock !== undefined) provideLock(folder, providerLock, { module: moduleFile });
  const lines: string[] = [];
  const { code, stopped } = await runGroup({
    command: "terraform",
    args: [
      "init",
      "-input=false",
      "-no-color",
      ...(providerLock === undefined ? [] : ["-lockfile=readonly"]),
    ],
    ...{ cwd: folder, env, timeout: timeLimit, signal },
    onLine: (line) => lines.push(line),
  }).catch((error: unknown) => {
    throw notInstalled(String(error), "install Terraform, and see `npx meridian doctor`");
  });
  if (stopped === "aborted") throw notInstalled("it was stopped", "run the command again");
  if (stopped === "timeout") {
    throw notInstalled(`it takes longer than ${timeLimit / 60_000} minutes`, fix);
  }
  if (code !== 0) {
    throw (
      lockRefusal(lines.map(bare).join(" "), folder, { module: moduleFile }) ??
      notInstalled(reason(lines), fix)
    );
  }
  if (!holdsUnpackedProvider(mirrorIn(folder))) {
    throw notInstalled(`terraform init made no ${mirrorIn(folder)}`, fix);
  }
}

/** All that asks for the provider where it is installed. */
const moduleFile = "versions.tf.json";

const fix =
  "see that this machine reaches registry.terraform.io, or name a mirror on it with MERIDIAN_PROVIDER_MIRROR";

function notInstalled(why: string, how: string): UserError {
  return new UserError(`Terraform cannot install the AWS provider ${providerVersion}`, why, how);
}

/** What Terraform says from its first error on. */
export function reason(lines: readonly string[], command = "init"): string {
  const said = lines.map(bare).filter((line) => line !== "");
  const first = said.findIndex((line) => line.startsWith("Error: "));
  return said.slice(Math.max(first, 0)).join("\n       ") || `terraform ${command} failed without a word`;
}

/** A line without the box around it. */
function bare(line: string): string {
  return line.replace(/^[│╷╵]\s?/, "").trim();
}
