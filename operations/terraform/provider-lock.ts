import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../fleet/errors";
import {
  lockedProviders,
  lockFile,
  lockOf,
  providerVersion,
  type RequiredProvider,
  requiredProviders,
  shortSource,
} from "../../fleet/provider-lock";
import { platform } from "./provider-mirror";

/** The lock file of the project, or of the assembly, in a folder; undefined where it has none. */
export function lockIn(folder: string): string | undefined {
  const file = join(folder, lockFile);
  return existsSync(file) ? file : undefined;
}

/**
 * Sees to it that the project's lock file is beside a stack's JSON, whoever has put that there. Only for a provider which that
 * does not have in the version that is asked for, as in a release from before an update, the file counts that the release was
 * deployed with, and has brought along.
 *
 * @param folder of the stack
 * @param lock path of the project's
 * @param options.goesByOwn whether the file that lies there is one of a release. @default false
 * @param options.module the file there that says which providers are asked for
 */
export function provideLock(
  folder: string,
  lock: string,
  {
    goesByOwn = false,
    module = stackModule,
  }: { readonly goesByOwn?: boolean; readonly module?: string } = {},
): void {
  const own = join(folder, lockFile);
  const before = existsSync(own) ? readFileSync(own, "utf8") : undefined;
  const released = goesByOwn ? before : undefined;
  const wanted = lockOf(readFileSync(lock, "utf8"), requiredIn(folder, module), released);
  if (before !== wanted) writeFileSync(own, wanted);
}

const stackModule = "cdk.tf.json";

function requiredIn(folder: string, module: string): readonly RequiredProvider[] {
  return requiredProviders(readFileSync(join(folder, module), "utf8"));
}

const why = "a provider runs with the rights of the deploy roles, and nobody has reviewed this one";

/**
 * What Terraform says when a provider is not what the lock file says, for whoever uses Meridian. Its own words are those of
 * version 1.11 (https://github.com/hashicorp/terraform/blob/v1.11.4/internal/command/init.go, and
 * internal/providercache/installer.go there).
 *
 * @param said by `init`, or by a plan after it: where only the download of this kind of machine is in the file, `init` takes it
 * @param folder that was initialized
 * @param options.module as for {@link provideLock}
 * @param options.isReleased whether its JSON is that of a release, and not of the fleet file as it is. @default false
 * @returns undefined where it speaks of something else
 */
export function lockRefusal(
  said: string,
  folder: string,
  {
    isReleased = false,
    module = stackModule,
  }: { readonly isReleased?: boolean; readonly module?: string } = {},
): UserError | undefined {
  const flat = said.replace(/\s+/g, " ");
  if (/match any of the checksums (previously )?recorded in the dependency lock file/.test(flat)) {
    const [, source = "a provider", version = ""] = /package for (\S+) (\S+) (?:\(in|does)/.exec(flat) ?? [];
    return new UserError(
      `${shortSource(source)} ${version} for ${platform}, as Terraform finds it, has none of the checksums in ${lockFile}`,
      why,
      `if only this kind of machine is missing in the file, run \`npx meridian lock --platform ${platform}\`, with a --platform for each other kind of machine that deploys, review it, and commit it; else find out who has changed what the registry or the mirror gives; what Meridian has installed itself lies in .meridian/provider of the project: delete that folder, and it is installed anew`,
    );
  }
  const [, source, locked, asked] =
    /locked provider (\S+) (\S+) does not match configured version constraints? ([^;]+);/.exec(flat) ?? [];
  if (source !== undefined) {
    return new UserError(
      `the stack asks for ${shortSource(source)} ${asked}, and ${lockFile} has ${locked}`,
      why,
      "make the file anew with `npx meridian lock`, with a --platform for each kind of machine that deploys, review it, and commit it; for what was deployed before the provider was updated, use the commit that it was deployed from",
    );
  }
  if (flat.includes("Provider dependency changes detected"))
    return notAll(missingIn(folder, module), isReleased);
  return undefined;
}

/** Providers are missing in the file. `meridian lock` knows of those only that a stack of the fleet file asks for. */
function notAll(missing: string, isReleased: boolean): UserError {
  if (missing !== "" && isReleased) {
    return new UserError(
      `${lockFile} does not have what the stack was deployed with: ${missing}`,
      `${why}; \`meridian lock\` takes up what the extensions in main.ts ask for by now`,
      "put the extension that brings it along back into main.ts, in the version of then, run `npx meridian lock`, review the file, and commit it; take the extension out again once this is deployed",
    );
  }
  if (missing !== "") {
    return new UserError(
      `${lockFile} has not all providers that the stack asks for: ${missing}`,
      why,
      "make the file anew with `npx meridian lock`, with a --platform for each kind of machine that deploys, review it, and commit it",
    );
  }
  return new UserError(
    `the stack needs a provider that its JSON does not ask for, and that ${lockFile} does not give it`,
    `things of it are still in the stack's state, or a module asks for it; ${why}`,
    "if an extension has left main.ts or makes nothing with it any more: put its provider back, run `npx meridian lock`, deploy without the things, and only then take the provider out; if a module asks for it, let the extension make a provider of it, too, and run `npx meridian lock`",
  );
}

/**
 * What Terraform says where the provider of a release, from before an update, is not to be had where it installs from, for
 * whoever uses Meridian. Its own words are those of version 1.11 (as for {@link lockRefusal}).
 *
 * @returns undefined where it speaks of something else
 */
export function releaseRefusal(said: string): UserError | undefined {
  const flat = said.replace(/\s+/g, " ");
  const [, source, previous, asked] =
    /for provider (\S+): (?:the previously-selected version (\S+) is no longer available|no available releases match the given constraints (.+?) To see)/.exec(
      flat,
    ) ?? [];
  if (source === undefined) return undefined;
  return new UserError(
    `the release asks for ${shortSource(source)} ${previous ?? asked}, and Terraform does not find that where it installs from`,
    `Meridian installs the AWS provider ${providerVersion} only, and what was deployed before an update runs with the one of then`,
    "run this where both are: name a mirror that has both with MERIDIAN_PROVIDER_MIRROR, or with TF_CLI_CONFIG_FILE a configuration of Terraform that reaches the registry; or check out the commit that the release was deployed from, install its packages, and deploy that",
  );
}

function missingIn(folder: string, module: string): string {
  const own = lockIn(folder);
  const locked = new Set(own ? lockedProviders(readFileSync(own, "utf8")).map(({ source }) => source) : []);
  const missing = requiredIn(folder, module).filter(({ source }) => !locked.has(source));
  return missing.map(({ source }) => shortSource(source)).join(", ");
}
