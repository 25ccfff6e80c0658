import type { Problem } from "../fleet/diagnostics";
import { lineage } from "../fleet/foundation/units";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { OrganizationEntry } from "../fleet/schema/foundation";
import { foundationStacks } from "../fleet/stacks";
import type { CheckInput } from "../fleet/text/structure";
import { count, listed } from "../fleet/wording";
import { membersOf } from "./organization-accounts";
import { problem } from "./rules";
import { entryOf } from "./written";

/** Workload accounts below which Control Tower costs more work than it saves. A judgement, not a limit of AWS. */
const worthwhileAccounts = 3;

const path = ["organization", "controlTower"];

/** What Control Tower governs, and the accounts of its landing zone. */
export function controlTower({ file }: CheckInput): readonly Problem[] {
  const { organization } = file;
  if (!organization) return [];
  return [
    ...(organization.controlTower?.enabled
      ? [
          ...guardrail(organization),
          ...unitsToRegister(file, organization),
          ...fewAccounts(file, organization),
        ]
      : switchedOff(organization)),
    ...landingZone(file, organization),
  ];
}

function guardrail({ regionGuardrail }: OrganizationEntry): readonly Problem[] {
  if (!regionGuardrail) return [];
  return [
    problem("control-tower-guardrail", ["organization", "regionGuardrail"], {
      message: "Control Tower's control on each unit denies regions, and no policy of the fleet does",
      fix: "nothing needs to change; with Control Tower off, a policy of the fleet takes over",
      atKey: true,
    }),
  ];
}

function switchedOff({ controlTower }: OrganizationEntry): readonly Problem[] {
  const written = (["controls", "landingZone"] as const).filter((key) => controlTower?.[key] !== undefined);
  if (written.length === 0) return [];
  return [
    problem("control-tower-off", [...path, "enabled"], {
      message: `Control Tower is off, but ${listed(written)} ${written.length > 1 ? "are" : "is"} set`,
      fix: `write "enabled: true", or remove ${listed(written)}`,
    }),
  ];
}

/**
 * What has to be done by hand between the landing zone and its controls. Up to version 3.3, every unit with controls has to
 * be registered, those around it first; from 4.0 on, only detective controls ask for something: that AWS Config records.
 * https://docs.aws.amazon.com/controltower/latest/userguide/importing-existing.html
 * https://docs.aws.amazon.com/controltower/latest/userguide/nested-ous.html
 */
function unitsToRegister(
  file: FleetFile,
  { controlTower, regionGuardrail }: OrganizationEntry,
): readonly Problem[] {
  const zone = controlTower?.landingZone;
  const version = Number.parseInt(zone?.version ?? "", 10);
  const hasControls = controlTower?.controls !== undefined || (regionGuardrail && !(version >= 4));
  const security = zone?.security ?? entryOf(file.accounts, zone?.logArchive)?.unit;
  const holding = membersOf(file).flatMap((name) => {
    const { closed, unit } = entryOf(file.accounts, name) ?? {};
    return closed || unit === undefined || unit === security ? [] : lineage(unit);
  });
  const units = [...new Set(holding)].sort();
  if (!hasControls || units.length === 0) return [];
  const when = zone
    ? `after you have deployed "${foundationStacks.landingZone}", and before "${foundationStacks.controlTower}"`
    : `before you deploy "${foundationStacks.controlTower}"`;
  return [
    problem("units-to-register", path, {
      message:
        version >= 4
          ? `detective controls need AWS Config in the accounts of ${listed(units)}`
          : `controls need these units to be registered with Control Tower: ${listed(units)}`,
      fix:
        version >= 4
          ? `enable the baseline ConfigBaseline on each unit with detective controls, ${when} (docs/organization.md)`
          : `register them in this order, ${when} (docs/organization.md); nothing needs to change if they are`,
      atKey: true,
    }),
  ];
}

function fewAccounts(file: FleetFile, organization: OrganizationEntry): readonly Problem[] {
  const zone = organization.controlTower?.landingZone;
  const workloads = membersOf(file).filter(
    (name) => name !== zone?.logArchive && name !== zone?.audit && !file.accounts[name]?.closed,
  );
  if (workloads.length >= worthwhileAccounts) return [];
  return [
    problem("simpler-without-control-tower", path, {
      message: `Control Tower governs ${count(workloads.length, "account")} with workloads`,
      fix: 'keep accounts in their regions with "regionGuardrail: true", and leave Control Tower off until there are more',
      atKey: true,
    }),
  ];
}

function landingZone(file: FleetFile, organization: OrganizationEntry): readonly Problem[] {
  const zone = organization.controlTower?.landingZone;
  if (!zone) return [];
  const finding = (key: "logArchive" | "audit" | "security", message: string, fix: string) =>
    problem("landing-zone-accounts", [...path, "landingZone", key], { message, fix });
  const { audit, logArchive, security } = zone;
  const ofManagement = (["logArchive", "audit"] as const)
    .filter((key) => zone[key] === organization.management)
    .map((key) =>
      finding(key, `"${key}" is the management account "${zone[key]}"`, "use a separate account for it"),
    );
  if (ofManagement.length > 0) return ofManagement;
  if (audit === logArchive) {
    const message = `"logArchive" and "audit" are both account "${audit}"`;
    return [finding("audit", message, "use a separate account for each")];
  }
  const [archiveUnit, auditUnit] = [logArchive, audit].map((name) => entryOf(file.accounts, name)?.unit);
  if (archiveUnit === undefined || auditUnit === undefined) return [];
  if (archiveUnit !== auditUnit) {
    const message = `accounts "${logArchive}" and "${audit}" are in different units, "${archiveUnit}" and "${auditUnit}"`;
    return [finding("audit", message, "put both into the same unit")];
  }
  if (security !== undefined && security !== auditUnit) {
    const message = `"security" is unit "${security}", but the two accounts are in "${auditUnit}"`;
    return [finding("security", message, `write "${auditUnit}", or remove "security"`)];
  }
  if (!auditUnit.includes("/")) return [];
  const message = `accounts "${logArchive}" and "${audit}" are in unit "${auditUnit}", but Control Tower keeps them directly below the root`;
  return [finding("audit", message, 'put both into a unit without "/" in its path')];
}
