import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchFolder, terraformEnvironment } from "../../operations/terraform/environment";
import { providerVersion } from "../../operations/terraform/provider-mirror";

/**
 * What to add to the environment so that all files install the provider from a folder, by a link. Where no mirror is
 * found they would share the plugin cache of CDKTF, and Terraform writes to that with each `init`, while others run what
 * is in it: https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache. So Terraform installs
 * the provider once, into a folder that the files then take for a mirror.
 *
 * @param folder the project's folder
 */
export function provideProvider(environment: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const env = terraformEnvironment(environment, folder);
  if (env.CDKTF_DISABLE_PLUGIN_CACHE_ENV) return {};
  const own = join(folder, scratchFolder, "provider");
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  const aws = { source: "hashicorp/aws", version: providerVersion };
  writeFileSync(
    join(own, "provider.tf.json"),
    JSON.stringify({ terraform: { required_providers: { aws } } }),
  );
  execFileSync("terraform", ["init", "-input=false", "-no-color"], {
    cwd: own,
    env,
    stdio: ["ignore", "ignore", "inherit"],
    timeout: 600_000,
  });
  return {
    MERIDIAN_PROVIDER_MIRROR: join(own, ".terraform", "providers"),
    // The caller's own configuration has done its part, and would be preferred to the mirror.
    TF_CLI_CONFIG_FILE: join(own, "none.rc"),
  };
}
