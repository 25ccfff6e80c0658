import { AwsError } from "../http";
import type { Account, Organization, Unit } from "./model";
import type { OrganizationStore } from "./store";

/** What tags and policies can be put on: a root, a unit, or an account. */
export interface Target {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly type: "ROOT" | "ORGANIZATIONAL_UNIT" | "ACCOUNT";
}

/** @throws {AwsError} OrganizationalUnitNotFoundException */
export function requireUnit({ units }: Organization, id: string): Unit {
  const unit = units.get(id);
  if (unit) return unit;
  throw new AwsError(
    400,
    "OrganizationalUnitNotFoundException",
    `You specified an organizational unit that doesn't exist: ${id}`,
  );
}

/** @throws {AwsError} `code`, where `id` is neither the root nor a unit */
export function requireParent(
  organization: Organization,
  id: string,
  code = "ParentNotFoundException",
): string {
  if (id === organization.root || organization.units.has(id)) return id;
  throw new AwsError(400, code, `You specified a root or unit that doesn't exist: ${id}`);
}

/** How deep a root (0) or unit (1 and more) lies. */
export function depthOf(organization: Organization, id: string): number {
  const unit = organization.units.get(id);
  return unit ? 1 + depthOf(organization, unit.parent) : 0;
}

/** The units right below a root or unit. */
export function unitsIn({ units }: Organization, parent: string): readonly Unit[] {
  return [...units.values()].filter((unit) => unit.parent === parent);
}

/** The accounts right below a root or unit, by their ids. */
export function accountsIn({ accounts }: Organization, parent: string): readonly Account[] {
  return [...accounts.values()]
    .filter((account) => account.parent === parent)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The accounts anywhere below a root or unit that are not closed, without the management account. */
export function membersBelow(organization: Organization, parent: string): readonly string[] {
  return [
    ...accountsIn(organization, parent)
      .filter(({ id, status }) => status === "ACTIVE" && id !== organization.management)
      .map(({ id }) => id),
    ...unitsIn(organization, parent).flatMap(({ id }) => membersBelow(organization, id)),
  ];
}

/** @throws {AwsError} TargetNotFoundException, where `id` is no root, unit or account */
export function requireTarget(store: OrganizationStore, organization: Organization, id: string): Target {
  const { root, management } = organization;
  if (id === root) {
    const arn = `arn:aws:organizations::${management}:root/${organization.id}/${root}`;
    return { id, arn, name: "Root", type: "ROOT" };
  }
  const unit = organization.units.get(id);
  if (unit) return { ...unit, type: "ORGANIZATIONAL_UNIT" };
  return { ...store.account(organization, id, "TargetNotFoundException"), type: "ACCOUNT" };
}
