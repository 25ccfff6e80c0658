import { InvalidArgumentError } from "commander";

/**
 * The name of a role, as IAM allows it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 *
 * @throws {InvalidArgumentError} it is none, e.g. an ARN
 */
export function roleName(text: string): string {
  if (/^[\w+=,.@-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be the name of a role, without its account and path.");
}
