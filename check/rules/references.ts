import { error, type Rules } from "../../fleet/rule";

/** Rules about names that lead nowhere. */
export const referenceRules = {
  "unknown-account": error("an account that is not declared", "there is no id and no role to deploy with"),
  "unknown-zone": error("a zone that is not declared", "nothing would keep the data in it"),
  "unknown-service": error(
    "overrides for a service that is not declared",
    "the overrides would have no effect",
  ),
  "unknown-table": error("a table that is not declared", "there is nothing for the service to work with"),
  "unknown-cell": error("a wave with a cell that is not declared", "there is nothing of it to roll out"),
  "unknown-stage": error(
    "a rollout, a table's recovery, or an approval, of a stage that no cell has",
    "it would apply to nothing",
  ),
  "unknown-unit": error("a unit that is not declared", "no account, policy or role could be put there"),
  "unknown-group": error("a group that is not declared", "there is nobody to give the access to"),
  "unknown-permission-set": error(
    "a permission set that is not declared",
    "nothing says what access to give",
  ),
  "unknown-region": error("a region that AWS does not have", "nothing can be deployed there"),
  "unknown-country": error("a country code that ISO 3166-1 does not have", "no viewer would ever match it"),
} as const satisfies Rules;
