import { error, type Rules, warning } from "../../fleet/rule";

/** Rules about policies that are written in the fleet file, and about the guardrails. */
export const policyRules = {
  "invalid-statement": error(
    "a statement that is none in the language of IAM",
    "AWS refuses the whole policy",
  ),
  "policy-without-target": warning(
    "a service control policy with neither units nor accounts",
    "it binds nobody",
  ),
  "policy-on-management": error(
    "a service control policy on the management account",
    "AWS exempts that account from all of them, so it would have no effect",
  ),
  "guardrail-lockout": error(
    "a service control policy that denies what the fleet's own stacks call",
    "the deploy would end in AccessDenied half-way, and so would taking it back",
  ),
  "policy-too-large": error(
    "a service control policy of more than 5,120 characters",
    "AWS refuses it, and what it was to deny stays allowed",
  ),
  "too-many-policies": error(
    "more than five service control policies on a unit or account, AWS's own among them",
    "AWS attaches no more, and what the last was to deny stays allowed",
  ),
} as const satisfies Rules;
