import { error, type Rules, warning } from "../../fleet/rule";

/** Rules about policies that are written in the fleet file, and about the guardrails. */
export const policyRules = {
  "invalid-statement": error(
    "a statement that is not valid in IAM's policy language",
    "AWS refuses the whole policy",
  ),
  "policy-without-target": warning(
    "a service control policy with neither units nor accounts",
    "it applies to nothing",
  ),
  "policy-on-management": error(
    "a service control policy on the management account",
    "AWS exempts that account from all of them, so it would have no effect",
  ),
  "guardrail-lockout": error(
    "a service control policy that denies what the fleet's own stacks call",
    "the deploy would fail half-way with AccessDenied, and so would undoing it",
  ),
  "guardrail-undecided": warning(
    "a service control policy of which `check` cannot tell whether it denies what the fleet's own stacks call",
    "if it does, the deploy fails half-way with AccessDenied, and so does undoing it",
  ),
  "policy-too-large": error(
    "a service control policy of more than 5,120 characters",
    "AWS refuses it, and what it should deny stays allowed",
  ),
  "too-many-policies": error(
    "more than five service control policies on a unit or account, including AWS's own",
    "AWS attaches no more, and what the last one should deny stays allowed",
  ),
  "extension-refused": error(
    "an extension that asks for what no deploy role may: to change itself, or services that decide about access",
    "whoever can deploy could become stronger than the deploy role is",
  ),
  "extension-beyond-fleet": warning(
    "an extension that asks to change, to assume, or to hand to a service, roles and the like that are not the fleet's",
    "whoever can deploy could use a role with more rights than the deploy role has",
  ),
  "extension-policy-too-large": error(
    "extensions that ask for more than the 6,144 characters of one policy hold",
    "IAM refuses the policy, and the bootstrap stack fails in every account",
  ),
  "role-too-large": error(
    "a role of the bootstrap's that takes more characters than IAM allows, or all of them more than a template holds",
    "AWS refuses it, and the bootstrap stack fails in every account",
  ),
} as const satisfies Rules;
