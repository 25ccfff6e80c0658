import { resolveAccount } from "../accounts";
import type { ExtensionFacts } from "../model";
import type { FleetFile } from "../schema/fleet-file";
import type { OrganizationEntry } from "../schema/foundation";
import { sortBy } from "../values";
import { resolveControlTower } from "./control-tower";
import type { Member, Organization, ServiceControlPolicy } from "./model";
import { regionUses } from "./region-use";
import { resolveStatement } from "./statement";
import { unitsOf } from "./units";

/** Fills in what the organization around a fleet needs; undefined where the fleet file says nothing of one. */
export function resolveOrganization(
  file: FleetFile,
  extensions: readonly ExtensionFacts[] = [],
): Organization | undefined {
  const entry = file.organization;
  if (!entry) return undefined;
  const units = unitsOf(entry);
  const members = membersOf(file, entry);
  const hasGuardrail = entry.regionGuardrail === true && !entry.controlTower?.enabled;
  return {
    fleet: file.fleet,
    management: resolveAccount(file, entry.management),
    existing: entry.existing ?? false,
    units,
    members,
    policies: sortBy(writtenPolicies(file, entry), ({ name }) => name),
    // Control Tower has a guardrail of its own: two would contradict each other one day.
    guardedUses: hasGuardrail ? regionUses(file) : undefined,
    frontExtensions: sortBy(extensions, ({ name }) => name).flatMap(({ adds, deploy }) =>
      adds.includes("front") ? deploy : [],
    ),
    trustedServices: trustedServices(file),
    isShared: entry.controlTower !== undefined,
    controlTower: resolveControlTower(file, entry, units, members),
  };
}

function membersOf(file: FleetFile, { management }: OrganizationEntry): readonly Member[] {
  return sortBy(Object.entries(file.accounts), ([name]) => name).flatMap(([name, account]) => {
    const { closed = false, email, id, unit } = account;
    return name === management || unit === undefined ? [] : [{ name, id, email, unit, closed }];
  });
}

function writtenPolicies(
  file: FleetFile,
  { policies = {} }: OrganizationEntry,
): readonly ServiceControlPolicy[] {
  return Object.entries(policies).map(([name, { accounts = [], statements, units = [] }]) => ({
    name: `${file.fleet}_${name}`,
    description: `Written in the fleet file of ${file.fleet}`,
    document: { Version: "2012-10-17", Statement: statements.map(resolveStatement) },
    targets: [
      ...[...new Set(units)].sort().map((unit) => ({ unit })),
      ...[...new Set(accounts)].sort().map((account) => ({ account })),
    ],
  }));
}

/**
 * What the fleet's own stacks need: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
 *
 * Nothing for Control Tower, which enables what it needs by itself, and refuses to be set up where AWS Config or CloudTrail
 * are trusted already: https://docs.aws.amazon.com/controltower/latest/userguide/getting-started-prereqs.html
 */
function trustedServices({ bootstrap, identity }: FleetFile): readonly string[] {
  return [
    ...(bootstrap ? ["member.org.stacksets.cloudformation.amazonaws.com"] : []),
    ...(identity ? ["sso.amazonaws.com"] : []),
  ];
}
