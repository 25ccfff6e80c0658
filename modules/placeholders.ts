import type { Target } from "../fleet/model";

/**
 * Puts the target's own region and account id where a setting says `{region}` and `{account}`.
 *
 * @example fillPlaceholders("arn:aws:dynamodb:{region}:{account}:table/orders", target)
 */
export function fillPlaceholders(text: string, target: Pick<Target, "account" | "region">): string {
  return text.replaceAll("{region}", target.region).replaceAll("{account}", target.account.id);
}

/** Keeps Terraform from reading `${` and `%{` in a user's text as templates of its own. */
export function literal(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}
