import { formatPath, type Problem } from "../fleet/diagnostics";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { nearest } from "../fleet/wording";
import { accountsNamed } from "./named";
import { problem } from "./rules";
import { accountUses, isWritten } from "./written";

/** Accounts that cannot be created, put into their place, or closed as written. */
export function organizationAccounts(input: CheckInput): readonly Problem[] {
  return [
    ...membersOf(input.file).flatMap((name) => [...withoutUnit(input, name), ...withoutEmail(input, name)]),
    ...duplicateEmails(input.file),
    ...closedInUse(input.file),
  ];
}

/**
 * Names of the accounts of the organization, but for its management account. Where that one's name is misspelt, the account
 * that was most likely meant.
 */
export function membersOf({ accounts, organization }: FleetFile): readonly string[] {
  if (!organization) return [];
  const names = Object.keys(accounts);
  const { management } = organization;
  const meant = names.includes(management) ? management : nearest(management, names);
  return names.filter((name) => name !== meant);
}

function withoutUnit(input: CheckInput, name: string): readonly Problem[] {
  if (isWritten(input, ["accounts", name, "unit"])) return [];
  return [
    problem("account-without-unit", ["accounts", name], {
      message: `account "${name}" is in no unit`,
      fix: 'add "unit" with the path of one, e.g. workloads/production',
      atKey: true,
    }),
  ];
}

function withoutEmail(input: CheckInput, name: string): readonly Problem[] {
  if (["id", "email"].some((key) => isWritten(input, ["accounts", name, key]))) return [];
  return [
    problem("account-without-email", ["accounts", name], {
      message: `account "${name}" has neither an id nor an e-mail address`,
      fix: `add "email", an address that no other account has, e.g. aws+${name}@example.com, or "id" if the account exists`,
      atKey: true,
    }),
  ];
}

/** Case does not count; what follows a + does. */
function duplicateEmails({ accounts }: FleetFile): readonly Problem[] {
  const owners = new Map<string, string>();
  return Object.entries(accounts).flatMap(([name, { email }]) => {
    if (email === undefined) return [];
    const owner = owners.get(email.toLowerCase());
    if (owner === undefined) {
      owners.set(email.toLowerCase(), name);
      return [];
    }
    return [
      problem("duplicate-email", ["accounts", name, "email"], {
        message: `accounts "${owner}" and "${name}" have the same address ${email}`,
        other: { path: ["accounts", owner, "email"] },
        fix: `give each its own address: ${email.replace(/(\+.*)?@/, `+${name}@`)}`,
      }),
    ];
  });
}

/** Access and policies by unit skip a closed account; anything that names it does not. */
function closedInUse(file: FleetFile): readonly Problem[] {
  const cells = accountUses(file).map(({ account, cell, ...place }) => ({
    account,
    by: `cell "${cell}"`,
    place,
  }));
  const others = accountsNamed(file).map(({ name, ...place }) => ({
    account: name,
    by: formatPath(place.path),
    place,
  }));
  return Object.entries(file.accounts).flatMap(([name, { closed }]) => {
    if (!closed) return [];
    const users = [...cells, ...others].filter(({ account }) => account === name);
    if (users.length === 0) return [];
    return [
      problem("closed-account-in-use", ["accounts", name, "closed"], {
        message: `account "${name}" is to be closed, but is still used by ${users.map(({ by }) => by).join(", ")}`,
        other: users[0]?.place,
        fix: cells.some(({ account }) => account === name)
          ? 'destroy the stacks in it first ("npx cdktf destroy <stack>"), then remove it from these'
          : "remove it from these first",
        atKey: true,
      }),
    ];
  });
}
