import type { Path, Problem } from "./diagnostics";
import { cellRules } from "./rules/cells";
import { fileRules } from "./rules/file";
import { frontRules } from "./rules/fronts";
import { identityRules } from "./rules/identity";
import { organizationRules } from "./rules/organization";
import { policyRules } from "./rules/policies";
import { referenceRules } from "./rules/references";
import { serviceRules } from "./rules/services";
import { stateRules } from "./rules/state";

/** Every rule, by its stable code, in the order of `docs/checks.md`. */
export const rules = {
  ...fileRules,
  ...referenceRules,
  ...cellRules,
  ...frontRules,
  ...serviceRules,
  ...organizationRules,
  ...policyRules,
  ...identityRules,
  ...stateRules,
} as const;

/** Code of a rule. */
export type Code = keyof typeof rules;

/** What a finding says beyond its rule. */
interface Finding {
  readonly message: string;
  readonly fix: string;
  /** Instead of the rule's own. */
  readonly why?: string;
  readonly atKey?: boolean;
}

/** A finding of a rule: severity, and why it matters, come from the rule. */
export function problem(code: Code, path: Path, finding: Finding): Problem {
  const { severity, why } = rules[code];
  return { code, severity, why, path, ...finding };
}
