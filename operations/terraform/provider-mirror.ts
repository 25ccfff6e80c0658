import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { providerVersion } from "../../fleet/provider-lock";

/** Where a mirror keeps the provider: https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror */
const providerFolder = join("registry.terraform.io", "hashicorp", "aws");

/** As Terraform calls this machine, e.g. `linux_amd64`. */
export const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;

/** Where on a machine mirrors can be, on Linux and macOS. */
export interface MachineFolders {
  /** Mirrors that Terraform looks at by itself. */
  readonly implied: readonly string[];
  /** Folders that packages and administrators put add-on software into. */
  readonly addOn: readonly string[];
}

const machineFolders: MachineFolders = {
  implied: ["/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"],
  addOn: ["/opt", "/usr/local/share", "/usr/local/lib", "/usr/share", "/usr/lib", "/srv", "/var/lib"],
};

/**
 * Finds a folder from which Terraform can install the provider without its registry: the one that
 * `MERIDIAN_PROVIDER_MIRROR` names, one of Terraform's implied mirrors, or a mirror in a usual place for add-on
 * software, at most two folders deep.
 */
export function findProviderMirror(
  environment: NodeJS.ProcessEnv,
  { addOn, implied }: MachineFolders = machineFolders,
): string | undefined {
  const home = environment.HOME ?? "";
  const named = environment.MERIDIAN_PROVIDER_MIRROR;
  const own = [
    join(home, ".terraform.d", "plugins"),
    join(environment.XDG_DATA_HOME ?? join(home, ".local", "share"), "terraform", "plugins"),
  ];
  const places = [
    // Terraform reads the path in the folder of each stack.
    ...(named ? [resolve(named)] : []),
    ...own,
    ...implied,
    ...addOn.flatMap((folder) => below(folder, 2)),
  ];
  return places.find(holdsProvider);
}

/** Whether a mirror holds the provider for this machine, unpacked or as a zip. */
function holdsProvider(mirror: string): boolean {
  const packed = join(mirror, providerFolder, `terraform-provider-aws_${providerVersion}_${platform}.zip`);
  return holdsUnpackedProvider(mirror) || existsSync(packed);
}

/** Whether a mirror holds the provider for this machine as it is run, so that installing it is making a link. */
export function holdsUnpackedProvider(mirror: string): boolean {
  return existsSync(join(mirror, providerFolder, providerVersion, platform));
}

function below(folder: string, depth: number): readonly string[] {
  if (depth === 0) return [];
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
      .flatMap((path) => [path, ...below(path, depth - 1)]);
  } catch {
    return [];
  }
}
