import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../fleet/errors";
import {
  lockedProviders,
  lockFile,
  lockOf,
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
 * @param module as for {@link provideLock}
 * @returns undefined where it speaks of something else
 */
export function lockRefusal(said: string, folder: string, module = stackModule): UserError | undefined {
  const flat = said.replace(/\s+/g, " ");
  if (/match any of the checksums (previously )?recorded in the dependency lock file/.test(flat)) {
    const [, source = "a provider", version = ""] = /package for (\S+) (\S+) (?:\(in|does)/.exec(flat) ?? [];
    return new UserError(
      `${shortSource(source)} ${version} for ${platform}, as Terraform finds it, has none of the checksums in ${lockFile}`,
      why,
      `if only this kind of machine is missing in the file, run \`npx meridian lock --platform ${platform}\`, with a --platform for each other kind of machine that deploys, review it, and commit it; else find out who has changed what the registry or the mirror gives`,
    );
  }
  const [, source, locked, asked] =
    /locked provider (\S+) (\S+) does not match configured version constraints? ([^;]+);/.exec(flat) ?? [];
  if (source !== undefined) {
    return new UserError(
      `the stack asks for ${shortSource(source)} ${asked}, and ${lockFile} has ${locked}`,
      why,
      "make the file anew with `npx meridian lock`, review it, and commit it; for what was deployed before the provider was updated, use the commit that it was deployed from",
    );
  }
  if (flat.includes("Provider dependency changes detected")) {
    return new UserError(
      `${lockFile} has not all providers that the stack asks for: ${missingIn(folder, module) || "one of a module is missing"}`,
      why,
      "make the file anew with `npx meridian lock`, review it, and commit it; what only a module asks for gets into it once the extension makes a provider of it, too",
    );
  }
  return undefined;
}

function missingIn(folder: string, module: string): string {
  const own = lockIn(folder);
  const locked = new Set(own ? lockedProviders(readFileSync(own, "utf8")).map(({ source }) => source) : []);
  const missing = requiredIn(folder, module).filter(({ source }) => !locked.has(source));
  return missing.map(({ source }) => shortSource(source)).join(", ");
}
