import { accountsWithoutId } from "../../fleet/accounts";
import { UserError } from "../../fleet/errors";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { foundationStacks } from "../../fleet/stacks";
import { sortBy } from "../../fleet/values";
import { count } from "../../fleet/wording";

/** The command line that creates accounts. */
export const deployAccounts = `npx cdktf deploy ${foundationStacks.organization} ${foundationStacks.accounts}`;

/**
 * How far an account is. `known`: the fleet file has its id. `to write`: only the organization has. `written`: it was
 * put into the fleet file just now. `to create`, `to take over`, `to close`: the next deploy of the organization does that.
 * `closed`: it is, or Terraform never took it over.
 * `conflict`: fleet file and organization say different things. `unlisted`: the fleet file does not have the account.
 */
export type AccountStatus =
  | "known"
  | "to write"
  | "written"
  | "to create"
  | "to take over"
  | "to close"
  | "closed"
  | "conflict"
  | "unlisted";

/** An account of the organization: an object of the command's JSON. */
export interface AccountRow {
  readonly account: string;
  /** As the fleet file has it. */
  readonly fileId?: string;
  /** As the organization has it; the management account is not one of its accounts. */
  readonly organizationId?: string;
  readonly unit?: string;
  readonly email?: string;
  readonly status: AccountStatus;
  /** Why fleet file and organization do not go together. */
  readonly conflict?: string;
  /** Cells that are left out until the fleet file has the account's id. */
  readonly waitingCells: readonly string[];
}

/**
 * All accounts, by name: those of the fleet file and those of the organization.
 *
 * @param ids of the organization's accounts, by name
 */
export function accountRows(file: FleetFile, ids: ReadonlyMap<string, string>): readonly AccountRow[] {
  const waiting = Object.entries(file.cells).map(([cell, entry]) => ({
    cell,
    accounts: accountsWithoutId(file, entry),
  }));
  const names = [...new Set([...Object.keys(file.accounts), ...ids.keys()])];
  return sortBy(names, (name) => name).map((name) => {
    const entry = Object.hasOwn(file.accounts, name) ? file.accounts[name] : undefined;
    const organizationId = ids.get(name);
    const conflict = conflictOf(file, name, organizationId);
    return {
      account: name,
      fileId: entry?.id,
      organizationId,
      unit: entry?.unit,
      email: entry?.email,
      status: conflict === undefined ? statusOf(file, name, organizationId) : "conflict",
      conflict,
      waitingCells: waiting.filter(({ accounts }) => accounts.includes(name)).map(({ cell }) => cell),
    };
  });
}

/** Ids that the fleet file does not have yet, by account. */
export function idsToWrite(rows: readonly AccountRow[]): ReadonlyMap<string, string> {
  return new Map(
    rows.flatMap(({ account, organizationId, status }) =>
      status === "to write" && organizationId !== undefined ? [[account, organizationId]] : [],
    ),
  );
}

/** @throws {UserError} fleet file and organization do not go together */
export function assertNoConflict(rows: readonly AccountRow[], file: string): void {
  const conflicts = rows.flatMap(({ conflict }) => conflict ?? []);
  if (conflicts.length === 0) return;
  throw new UserError(
    `${file} and the organization contradict each other in ${count(conflicts.length, "place")}: ${conflicts.join("; ")}`,
    "an id in the wrong place would deploy a tenant into another tenant's account",
    "correct the id or the account's name in the file, or name the fleet file of this organization with --fleet",
  );
}

function conflictOf(file: FleetFile, name: string, id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const written = Object.hasOwn(file.accounts, name) ? file.accounts[name]?.id : undefined;
  if (written === id) return undefined;
  if (written !== undefined)
    return `account "${name}" is ${written} in the file and ${id} in the organization`;
  const [other] = Object.entries(file.accounts).find(([, entry]) => entry.id === id) ?? [];
  return other === undefined
    ? undefined
    : `${id} is "${other}" in the file and "${name}" in the organization`;
}

function statusOf(file: FleetFile, name: string, organizationId: string | undefined): AccountStatus {
  if (!Object.hasOwn(file.accounts, name)) return "unlisted";
  const { closed, id, unit } = file.accounts[name] ?? {};
  if (closed) return organizationId === undefined ? "closed" : "to close";
  if (id === undefined) return organizationId === undefined ? "to create" : "to write";
  const isMember = unit !== undefined && name !== file.organization?.management;
  return isMember && organizationId === undefined ? "to take over" : "known";
}
