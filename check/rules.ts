import { bundleRules } from "../bundles/rules";
import { reporter } from "../fleet/rule";
import { fileRules } from "../fleet/text/rules";
import { cellRules } from "./rules/cells";
import { frontRules } from "./rules/fronts";
import { identityRules } from "./rules/identity";
import { organizationRules } from "./rules/organization";
import { pipelineRules } from "./rules/pipeline";
import { policyRules } from "./rules/policies";
import { providerRules } from "./rules/provider";
import { referenceRules } from "./rules/references";
import { rolloutRules } from "./rules/rollout";
import { serviceRules } from "./rules/services";
import { stateRules } from "./rules/state";
import { tableRules } from "./rules/tables";

/** Every rule, by its stable code, in the order of `docs/checks.md`. */
export const rules = {
  ...fileRules,
  ...referenceRules,
  ...cellRules,
  ...rolloutRules,
  ...frontRules,
  ...serviceRules,
  ...tableRules,
  ...bundleRules,
  ...organizationRules,
  ...policyRules,
  ...identityRules,
  ...stateRules,
  ...pipelineRules,
  ...providerRules,
} as const;

/** Code of a rule. */
export type Code = keyof typeof rules;

/** A finding of any rule. */
export const problem = reporter(rules);
