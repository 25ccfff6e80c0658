import { error, type Rules, warning } from "../../fleet/rule";

/** Rules about who may do what in which account. */
export const identityRules = {
  "access-without-accounts": warning(
    "access to no account, or to a unit without accounts",
    "nobody gains anything from it",
  ),
  "identity-region": error(
    "IAM Identity Center in another region than Control Tower",
    "Control Tower sets up no landing zone where Identity Center is elsewhere",
  ),
  "empty-permission-set": warning(
    "a permission set with neither policies nor statements",
    "whoever signs in with it may do nothing",
  ),
  "permission-set-too-large": error(
    "a permission set with more than 10,240 bytes of statements",
    "IAM Identity Center accepts no more",
  ),
  "many-managed-policies": warning(
    "a permission set with more than 10 managed policies",
    "it becomes a role, and IAM allows 10 per role unless AWS has raised the quota in each account",
  ),
} as const satisfies Rules;
