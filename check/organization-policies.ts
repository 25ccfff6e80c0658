import type { Problem } from "../fleet/diagnostics";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { isWritten } from "./written";

/** Service control policies that would bind nobody. */
export function organizationPolicies(input: CheckInput): readonly Problem[] {
  const { management, policies = {} } = input.file.organization ?? {};
  return Object.entries(policies).flatMap(([name, { accounts = [] }]) => {
    const path = ["organization", "policies", name];
    if (!["units", "accounts"].some((key) => isWritten(input, [...path, key]))) {
      return [
        problem("policy-without-target", path, {
          message: `policy "${name}" names neither units nor accounts`,
          fix: 'add "units" or "accounts", or remove the policy',
          atKey: true,
        }),
      ];
    }
    return accounts.flatMap((account, index) => {
      if (account !== management) return [];
      return [
        problem("policy-on-management", [...path, "accounts", index], {
          message: `policy "${name}" is for the management account "${account}"`,
          fix: "remove it from the accounts",
        }),
      ];
    });
  });
}
