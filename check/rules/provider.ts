import { error, type Rules } from "../../fleet/rule";

/** Rules about the provider's lock file, which lies beside the project's cdktf.json. */
export const providerRules = {
  "provider-not-locked": error(
    "a `.terraform.lock.hcl` of the project that does not have hashicorp/aws in the version that stacks ask for, with a checksum of its files",
    "Terraform would refuse every stack",
  ),
} as const satisfies Rules;
