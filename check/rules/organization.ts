import { error, info, type Rules, warning } from "../../fleet/rule";

/** Rules about the organization: its units, its accounts, Control Tower and budgets. */
export const organizationRules = {
  "needs-organization": error(
    "an account without an id, or `identity`, `bootstrap` or the like, without `organization`",
    "only the stacks of an organization's management account can carry it out",
  ),
  "management-without-id": error(
    "a management account without an id",
    "the foundation's stacks deploy there first",
  ),
  "management-in-unit": error(
    "a management account with a unit",
    "it belongs directly below the root, where no unit's policy applies to it",
  ),
  "management-as-target": error(
    "a cell in the management account",
    "no guardrail applies to it, and whoever gets into it controls the whole organization",
  ),
  "duplicate-unit": error(
    "the same unit, or the same unit id, twice",
    "one unit is one place in the organization",
  ),
  "account-without-unit": error(
    "an account of the organization without a unit",
    "guardrails, access and the deploy role come with the unit",
  ),
  "account-without-email": error(
    "an account to be created that has no e-mail address",
    "AWS creates no account without one",
  ),
  "duplicate-email": error(
    "the same e-mail address for two accounts",
    "across all of AWS, an address can belong to only one account",
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
    "the role requires `defaults.externalId`, so it could not be assumed",
  ),
  "role-name-too-long": error(
    "a deploy role whose name leaves no room for those of the roles that the bootstrap makes beside it",
    "IAM allows 64 characters, so the bootstrap stack would fail in every account",
  ),
  "landing-zone-accounts": error(
    "a log archive and an audit account that cannot be those of a landing zone",
    "Control Tower keeps them apart from each other and from everything else, in one unit",
  ),
  "control-tower-guardrail": info(
    "`regionGuardrail` with Control Tower enabled",
    "Control Tower's own region deny is used instead: two at once would sooner or later contradict each other",
  ),
  "control-tower-off": warning(
    "controls or a landing zone with Control Tower off",
    "they have no effect until it is enabled",
  ),
  "units-to-register": info(
    "controls of Control Tower on units that have to be registered with it first",
    "Control Tower refuses controls on a unit that it does not know, and only a hand can register one",
  ),
  "central-outside-zones": warning(
    "Control Tower or IAM Identity Center in a region that no zone has",
    "one keeps the logs of all accounts there, the other people's names and addresses, and neither can move later",
  ),
  "simpler-without-control-tower": info(
    "Control Tower for fewer than three accounts with workloads",
    "it brings two more accounts, and trails and recorders to pay for in each region of each account",
  ),
  "budget-without-alerts": error(
    "a budget without addresses to alert",
    "nobody would be told when it is exceeded",
  ),
  "budget-exceeds-whole": warning(
    "account budgets that add up to more than the whole organization's",
    "the whole organization's budget can be exceeded while every account stays within its own",
  ),
} as const satisfies Rules;
