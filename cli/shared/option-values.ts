import { InvalidArgumentError } from "commander";

/**
 * Kinds of machines as Terraform calls them, e.g. `linux_amd64`; one more of an option that may be repeated.
 *
 * @throws {InvalidArgumentError} it is none
 */
export function platforms(text: string, before: readonly string[] = []): readonly string[] {
  if (/^[a-z0-9]+_[a-z0-9]+$/.test(text)) return [...before, text];
  throw new InvalidArgumentError("It must be an operating system and an architecture, such as darwin_arm64.");
}

/**
 * The name of a role, as IAM allows it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 *
 * @throws {InvalidArgumentError} it is none, e.g. an ARN
 */
export function roleName(text: string): string {
  if (/^[\w+=,.@-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be the name of a role, without its account and path.");
}
