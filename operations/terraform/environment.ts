import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { globalRegion } from "../../fleet/geography/regions";
import { findProviderMirror } from "./provider-mirror";

/** What Terraform and CDKTF are given of this process's environment; the rest could change what they do. */
const inherited = [
  "PATH",
  "HOME",
  "LANG",
  "TMPDIR",
  "GOGC",
  "CI",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "MERIDIAN_FLEET",
  "MERIDIAN_TRACES",
];

/** A folder of this project for what can be made again at any time. */
export const scratchFolder = ".meridian";

/**
 * The environment that Terraform and CDKTF run in: what they need of the caller's, no telemetry, and, where the
 * caller has no configuration of their own and a mirror of the provider is found, one that installs from it.
 *
 * @param folder the project's folder; a `terraform.rc` may be written below it
 */
export function terraformEnvironment(environment: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const result: Record<string, string> = {
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    // `terraform providers lock` asks the registry for checksums of every platform, mirror or not.
    CDKTF_SKIP_PROVIDER_LOCK: "true",
    NO_PROXY: "127.0.0.1,localhost",
    // Terraform and the provider live for seconds: with Go's default of 100, a quarter of their time is collecting garbage.
    GOGC: "400",
  };
  for (const name of inherited) {
    const value = environment[name];
    if (value !== undefined) result[name] = value;
  }
  return { ...result, ...configuration(environment, folder) };
}

/** The caller's own configuration if there is one, else one for the mirror if there is one. */
function configuration(environment: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const own = ownConfiguration(environment);
  if (own !== undefined) return { TF_CLI_CONFIG_FILE: own };
  const mirror = usedMirror(environment);
  return mirror ? mirrorConfiguration(mirror, folder) : {};
}

/** Absolute, for Terraform runs in the folder of each stack. */
function ownConfiguration(environment: NodeJS.ProcessEnv): string | undefined {
  const own = environment.TF_CLI_CONFIG_FILE ?? join(environment.HOME ?? "", ".terraformrc");
  return existsSync(own) ? resolve(own) : undefined;
}

/** The mirror that the provider is installed from; undefined where there is none, or the caller's own configuration counts. */
export function usedMirror(environment: NodeJS.ProcessEnv): string | undefined {
  return ownConfiguration(environment) === undefined ? findProviderMirror(environment) : undefined;
}

/**
 * The mirror that the AWS provider is locked from; undefined where that is the registry. One that the caller names counts even
 * beside a configuration of theirs, which `terraform providers lock` does not look at:
 * https://github.com/hashicorp/terraform/blob/v1.11.4/internal/command/providers_lock.go
 */
export function mirrorToLock(environment: NodeJS.ProcessEnv): string | undefined {
  const named = environment.MERIDIAN_PROVIDER_MIRROR;
  return named ? resolve(named) : usedMirror(environment);
}

/**
 * The part of Terraform's environment that makes it install the provider from a mirror.
 *
 * @param folder the project's folder; a `terraform.rc` is written below it
 */
export function mirrorConfiguration(mirror: string, folder: string): Record<string, string> {
  const file = join(folder, scratchFolder, "terraform.rc");
  mkdirSync(join(folder, scratchFolder), { recursive: true });
  // Renamed into place: a Terraform of another deploy that starts meanwhile never reads half.
  const scratch = `${file}.${process.pid}`;
  writeFileSync(scratch, configurationText(mirror));
  renameSync(scratch, file);
  // With a mirror on this machine, CDKTF's copy in the home folder would only be a second one.
  return { TF_CLI_CONFIG_FILE: file, CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true" };
}

function configurationText(mirror: string): string {
  const provider = '["registry.terraform.io/hashicorp/aws"]';
  return `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ${provider}
  }
  direct {
    exclude = ${provider}
  }
}
`;
}

/** The variables that name the caller's AWS account, or a sandbox: all that begin with `AWS_`. */
export function callerCredentials(environment: NodeJS.ProcessEnv): Record<string, string> {
  const own = Object.entries(environment).filter(([name]) => name.startsWith("AWS_"));
  return Object.fromEntries(own) as Record<string, string>;
}

/**
 * What sends every call of Terraform, its S3 backend, the provider and this command line to a sandbox instead of AWS.
 *
 * @param endpoint `http://127.0.0.1:<port>`
 */
export function sandboxEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    // The SDK puts the account in front of this one's host, which an IP address cannot bear.
    AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: `http://localhost:${new URL(endpoint).port}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: globalRegion,
    AWS_EC2_METADATA_DISABLED: "true",
    // Nothing of the caller's own profiles, and no minutes of retries where a region is down on purpose.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_MAX_ATTEMPTS: "3",
  };
}
