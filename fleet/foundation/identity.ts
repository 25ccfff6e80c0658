import { resolveAccount } from "../accounts";
import { globalRegion } from "../geography/regions";
import type { FleetFile } from "../schema/fleet-file";
import type { IdentityEntry, OrganizationEntry } from "../schema/foundation";
import { sortBy } from "../values";
import { homeRegion } from "./control-tower";
import type { AccountRef, Assignment, Identity, PermissionSet } from "./model";
import { resolveStatement } from "./statement";
import { isBelowAny } from "./units";

/** How long a session lasts where a permission set does not say. AWS's own default. */
const defaultSession = "1h";

/** Fills in who may do what; undefined where the fleet file does not say. */
export function resolveIdentity(file: FleetFile): Identity | undefined {
  const { identity, organization } = file;
  if (!identity || !organization) return undefined;
  return {
    management: resolveAccount(file, organization.management),
    region: identityRegion(identity, organization),
    existing: identity.existing ?? false,
    groups: [...new Set(identity.groups)].sort(),
    permissionSets: permissionSets(identity),
    assignments: assignments(file, identity),
  };
}

/**
 * Where IAM Identity Center is enabled: in one region, whose identity store keeps people's names and addresses. Control
 * Tower enables it in its home region, or wants to find it there.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/regions.html
 * https://docs.aws.amazon.com/controltower/latest/userguide/getting-started-prereqs.html
 */
export function identityRegion(
  { region }: IdentityEntry,
  { controlTower }: Pick<OrganizationEntry, "controlTower">,
): string {
  return region ?? (controlTower?.enabled ? homeRegion(controlTower) : globalRegion);
}

function permissionSets({ permissionSets: written }: IdentityEntry): readonly PermissionSet[] {
  return sortBy(Object.entries(written), ([name]) => name).map(([name, entry]) => ({
    name,
    description: entry.description,
    policies: [...new Set(entry.policies ?? [])].sort(),
    inline: entry.statements && {
      Version: "2012-10-17",
      Statement: entry.statements.map(resolveStatement),
    },
    session: `PT${(entry.session ?? defaultSession).toUpperCase()}`,
  }));
}

function assignments(file: FleetFile, { access }: IdentityEntry): readonly Assignment[] {
  const all = access.flatMap(({ accounts = [], group, permissionSet, units = [] }) =>
    [...accounts, ...accountsBelow(file, units)].map((name) => ({
      group,
      permissionSet,
      account: accountRef(file, name),
    })),
  );
  const key = ({ account, group, permissionSet }: Assignment) =>
    JSON.stringify([account.name, group, permissionSet]);
  return sortBy([...new Map(all.map((one) => [key(one), one])).values()], key);
}

/** An account that may have no id yet. */
export function accountRef(file: FleetFile, name: string): AccountRef {
  return { name, id: file.accounts[name]?.id };
}

/** Names of the open accounts in some units or below, sorted. A closed account is nobody's business any more. */
export function accountsBelow(file: FleetFile, units: readonly string[]): readonly string[] {
  return Object.entries(file.accounts)
    .filter(([, { closed, unit }]) => !closed && unit !== undefined && isBelowAny(unit, units))
    .map(([name]) => name)
    .sort();
}
