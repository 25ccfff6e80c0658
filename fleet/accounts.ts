import type { Account } from "./account";
import { isBelowAny } from "./foundation/units";
import { frontAccount } from "./front-place";
import type { CellEntry, FleetFile } from "./schema/fleet-file";

/** What the deploy role is called where the fleet file does not say. */
export const defaultDeployRole = "meridian-deploy";

/** Name of the policy that bounds the roles that a deploy role makes. */
export function boundaryName(deployRole: string): string {
  return `${deployRole}-boundary`;
}

/** Name of the role beside a deploy role that may look at all that the deploy role makes, and change nothing. */
export function planRoleName(deployRole: string): string {
  return besideRole(deployRole, "plan");
}

/**
 * Name of the role beside a deploy role, in the account that keeps the state, that keeps the records of runs and may do
 * nothing else.
 */
export function recordRoleName(deployRole: string): string {
  return besideRole(deployRole, "record");
}

function besideRole(deployRole: string, what: string): string {
  return `${deployRole.replace(/-deploy$/, "")}-${what}`;
}

/**
 * An account with its deploy role.
 *
 * @throws the account is not declared, or has no id yet
 */
export function resolveAccount(file: FleetFile, name: string): Account {
  const entry = file.accounts[name];
  if (entry?.id === undefined) throw new Error(`account ${name} is not declared, or has no id yet`);
  const deployRole = file.defaults?.deployRole ?? defaultDeployRole;
  return {
    name,
    id: entry.id,
    deployRole: entry.deployRole ?? deployRole,
    externalId: entry.externalId ?? file.defaults?.externalId,
    permissionsBoundary: hasBootstrappedRole(file, name) ? boundaryName(deployRole) : undefined,
  };
}

/**
 * Whether an account's deploy role is made from Meridian's template: the bootstrap stack gives it to the accounts of its
 * units, and `meridian role` prints it for the management account, which stack sets do not reach.
 */
export function hasBootstrappedRole(file: FleetFile, name: string): boolean {
  const entry = file.accounts[name];
  if (!file.bootstrap || !entry || entry.deployRole !== undefined) return false;
  if (name === file.organization?.management) return true;
  if (entry.unit === undefined) return false;
  return file.bootstrap.units === undefined || isBelowAny(entry.unit, file.bootstrap.units);
}

/** Accounts of a cell, of its targets and its front, that have no id yet: until they do, the cell is left out. */
export function accountsWithoutId(file: FleetFile, entry: CellEntry): readonly string[] {
  const names = new Set([...Object.keys(entry.targets), frontAccount(entry) ?? ""]);
  return [...names].filter((name) => Object.hasOwn(file.accounts, name) && !file.accounts[name]?.id);
}
