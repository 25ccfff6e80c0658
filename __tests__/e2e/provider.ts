import { join } from "node:path";
import { scratchFolder, terraformEnvironment } from "../../operations/terraform/environment";
import { installProvider } from "../../operations/terraform/provider-folder";

/**
 * What to add to the environment so that all files install the provider from a folder, by a link. Where no mirror is
 * found they would share the plugin cache of CDKTF, so Terraform installs the provider once, into a folder that the files
 * then take for a mirror.
 *
 * @param folder the project's folder
 */
export async function provideProvider(
  environment: NodeJS.ProcessEnv,
  folder: string,
): Promise<Record<string, string>> {
  const env = terraformEnvironment(environment, folder);
  if (env.CDKTF_DISABLE_PLUGIN_CACHE_ENV) return {};
  return {
    MERIDIAN_PROVIDER_MIRROR: await installProvider(env, folder),
    // The caller's own configuration has done its part, and would be preferred to the mirror.
    TF_CLI_CONFIG_FILE: join(folder, scratchFolder, "none.rc"),
  };
}
