import { error, type Rules, warning } from "../../fleet/rule";

/** Rules about who may do what in which account. */
export const identityRules = {
  "access-without-accounts": warning(
    "access to no account, or to a unit without accounts",
    "nobody gets anything by it",
  ),
  "empty-permission-set": warning(
    "a permission set with neither policies nor statements",
    "who signs in with it may do nothing",
  ),
  "permission-set-too-large": error(
    "a permission set whose statements have more than 10,240 bytes",
    "IAM Identity Center takes no more",
  ),
  "many-managed-policies": warning(
    "a permission set with more than 10 managed policies",
    "it becomes a role, and IAM takes 10 per role unless AWS has raised the quota in each account",
  ),
} as const satisfies Rules;
