import type { Problem } from "../fleet/diagnostics";
import { accountsBelow } from "../fleet/foundation/identity";
import { limits } from "../fleet/limits";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { IdentityEntry } from "../fleet/schema/foundation";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { isWritten } from "./written";

/** Access that reaches no account, and permission sets that AWS would not accept. */
export function identity(input: CheckInput): readonly Problem[] {
  const { file } = input;
  if (!file.identity) return [];
  return [
    ...withoutAccounts(input, file.identity),
    ...Object.entries(file.identity.permissionSets).flatMap(([name, entry]) =>
      permissionSet(input, name, entry),
    ),
  ];
}

function withoutAccounts(input: CheckInput, { access }: IdentityEntry): readonly Problem[] {
  return access.flatMap((entry, index) => {
    const path = ["identity", "access", index];
    if (!["accounts", "units"].some((key) => isWritten(input, [...path, key]))) {
      return [
        problem("access-without-accounts", path, {
          message: `group "${entry.group}" does not get "${entry.permissionSet}" in any account`,
          fix: 'add "accounts", or "units" for all accounts below them',
        }),
      ];
    }
    return (entry.units ?? []).flatMap((unit, position) =>
      isEmptyUnit(input, unit)
        ? [
            problem("access-without-accounts", [...path, "units", position], {
              message: `unit "${unit}" has no account for group "${entry.group}"`,
              fix: "put an account into the unit, or name another one",
            }),
          ]
        : [],
    );
  });
}

/** A unit that is not declared is reported as such. */
function isEmptyUnit({ declared, file }: CheckInput, unit: string): boolean {
  const isDeclared = file.organization !== undefined && declared.units?.includes(unit) !== false;
  return isDeclared && accountsBelow(file, [unit]).length === 0;
}

type PermissionSetEntry = NonNullable<FleetFile["identity"]>["permissionSets"][string];

function permissionSet(input: CheckInput, name: string, entry: PermissionSetEntry): readonly Problem[] {
  const path = ["identity", "permissionSets", name];
  const { policies = [], statements } = entry;
  if (!["policies", "statements"].some((key) => isWritten(input, [...path, key]))) {
    return [
      problem("empty-permission-set", path, {
        message: `permission set "${name}" has neither policies nor statements`,
        fix: 'add "policies" with ARNs of managed policies, or "statements" of your own',
        atKey: true,
      }),
    ];
  }
  const problems: Problem[] = [];
  if (policies.length > limits.managedPoliciesPerRole) {
    problems.push(
      problem("many-managed-policies", [...path, "policies"], {
        message: `permission set "${name}" has ${policies.length} managed policies`,
        fix: `keep ${limits.managedPoliciesPerRole}, write statements instead, or ask AWS to raise the quota in every account that gets the set`,
        atKey: true,
      }),
    );
  }
  const bytes = statements ? inlineSize(statements) : 0;
  if (bytes > limits.permissionSetStatements) {
    problems.push(
      problem("permission-set-too-large", [...path, "statements"], {
        message: `the statements of permission set "${name}" have ${bytes.toLocaleString("en-US")} bytes, but the limit is ${limits.permissionSetStatements.toLocaleString("en-US")}`,
        fix: "combine actions with wildcards, or use managed policies",
        atKey: true,
      }),
    );
  }
  return problems;
}

/** Bytes of a policy as IAM Identity Center counts them: without white space, even inside strings. */
function inlineSize(statements: NonNullable<PermissionSetEntry["statements"]>): number {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return Buffer.byteLength(policy.replaceAll(/\s/g, ""));
}
