import { error, info, type Rules, warning } from "../../fleet/rule";

/** Rules about the organization: its units, its accounts, Control Tower and budgets. */
export const organizationRules = {
  "needs-organization": error(
    "an account without an id, `identity`, `bootstrap` or the like, without `organization`",
    "the stacks of an organization's management account carry it out",
  ),
  "management-without-id": error(
    "a management account without an id",
    "the stacks of the foundation deploy there first",
  ),
  "management-in-unit": error(
    "a management account with a unit",
    "it belongs right below the root, where no policy of a unit binds it",
  ),
  "management-as-target": error(
    "a cell in the management account",
    "no guardrail binds it, and whoever gets into it has the whole organization",
  ),
  "duplicate-unit": error("a unit, or a unit's id, twice", "one unit is one place in the organization"),
  "account-without-unit": error(
    "an account of the organization without a unit",
    "guardrails, access and the deploy role come with the unit",
  ),
  "account-without-email": error(
    "an account that is to be created without an e-mail address",
    "AWS creates no account without one",
  ),
  "duplicate-email": error(
    "one e-mail address for two accounts",
    "in all of AWS, an address belongs to one account",
  ),
  "account-without-id": warning(
    "an account that has yet to be created",
    "nothing can be deployed to it until its id is in the fleet file",
  ),
  "closed-account-in-use": error(
    "an account with `closed: true` that something still uses",
    "what runs there would be lost, and its stacks could never be destroyed",
  ),
  "bootstrap-external-id": error(
    "an account with an `externalId` of its own, whose deploy role the bootstrap makes",
    "the role asks for `defaults.externalId`, so it could not be assumed",
  ),
  "landing-zone-accounts": error(
    "a log archive and an audit account that cannot be those of a landing zone",
    "Control Tower keeps them apart from each other and from all else, in one unit",
  ),
  "control-tower-guardrail": info(
    "`regionGuardrail` with Control Tower enabled",
    "Control Tower's own region deny is used instead: two at once would contradict each other one day",
  ),
  "control-tower-off": warning(
    "controls or a landing zone with Control Tower off",
    "they have no effect until it is enabled",
  ),
  "simpler-without-control-tower": info(
    "Control Tower for fewer than three accounts with workloads",
    "it brings two more accounts, and trails and recorders to pay for in each region of each account",
  ),
  "budget-without-alerts": error(
    "a budget without addresses to alert",
    "it would be exceeded, and nobody told",
  ),
  "budget-exceeds-whole": warning(
    "budgets of accounts that come to more than the whole organization's",
    "the whole budget is exceeded while every account keeps its own",
  ),
} as const satisfies Rules;
