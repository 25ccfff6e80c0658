import { providerVersion } from "../../fleet/provider-lock";

const head = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;

/** A block of a lock file, as Terraform writes it. */
export function lockBlock(source: string, version: string, ...checksums: readonly string[]): string {
  const lines = checksums.map((checksum) => `    "${checksum}",\n`).join("");
  return `
provider "registry.terraform.io/${source}" {
  version     = "${version}"
  constraints = "${version}"
  hashes = [
${lines}  ]
}
`;
}

/** A lock file. */
export function lockText(...blocks: readonly string[]): string {
  return [head, ...blocks].join("");
}

export const awsBlock = lockBlock("hashicorp/aws", providerVersion, "h1:aws=", "zh:00ff");
export const randomBlock = lockBlock("hashicorp/random", "3.7.2", "h1:random=");
