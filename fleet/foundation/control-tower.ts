import { globalRegion } from "../geography/regions";
import type { FleetFile } from "../schema/fleet-file";
import type { OrganizationEntry } from "../schema/foundation";
import { sortBy } from "../values";
import type { ControlTower, EnabledControl, LandingZone, Member, Unit } from "./model";
import { allowedRegions, regionUses, unitUses } from "./region-use";

/**
 * Control Tower's region guardrail of a unit, CT.MULTISERVICE.PV.1, by its global identifier:
 * https://docs.aws.amazon.com/controltower/latest/controlreference/all-global-identifiers.html
 */
export const regionDenyControl = "arn:aws:controlcatalog:::control/50utmyu7yqmhr8fpnpo8bnaj1";

/** Its parameters: https://docs.aws.amazon.com/controlcatalog/latest/APIReference/API_ControlParameter.html */
export const allowedRegionsParameter = "AllowedRegions";
export const exemptedActionsParameter = "ExemptedActions";

/**
 * What the control itself does not exempt, and a drain needs: its calls are signed for all regions at once, and which one
 * `aws:RequestedRegion` then holds is not documented.
 */
const exemptedForFronts = ["cloudfront-keyvaluestore:*"];

/** How long Control Tower keeps logs where the fleet file does not say. Its own default. */
const defaultLogRetentionDays = 365;

/**
 * Fills in how Control Tower governs the units; undefined where it does not. The unit of the landing zone's own accounts
 * is guarded by Control Tower itself, which takes only some controls there:
 * https://docs.aws.amazon.com/controltower/latest/controlreference/exception-to-controls-security-ou.html
 */
export function resolveControlTower(
  file: FleetFile,
  entry: OrganizationEntry,
  units: readonly Unit[],
  members: readonly Member[],
): ControlTower | undefined {
  const { controlTower, regionGuardrail } = entry;
  if (!controlTower?.enabled) return undefined;
  const home = homeRegion(controlTower);
  const zone = controlTower.landingZone && landingZone(file, home, controlTower.landingZone, members);
  const holding = units.filter(({ path }) => members.some(({ closed, unit }) => unit === path && !closed));
  const written = [...new Set((controlTower.controls ?? []).map((control) => controlArn(home, control)))];
  const controls = [
    ...holding.flatMap(({ path }) => written.map((control) => ({ unit: path, control, parameters: {} }))),
    ...(regionGuardrail ? regionDeny(file, units, members) : []),
  ].filter(({ unit }) => unit !== zone?.security);
  return {
    homeRegion: home,
    controls: sortBy(controls, ({ control, unit }) => JSON.stringify([unit, control])),
    landingZone: zone,
  };
}

/**
 * Where Control Tower is set up, once and for all:
 * https://docs.aws.amazon.com/controltower/latest/userguide/getting-started-expectations-api.html
 *
 * @default us-east-1
 */
export function homeRegion({ homeRegion: region = globalRegion }: ControlTowerEntry): string {
  return region;
}

/**
 * The ARN of a control that is called by its name, as those of Control Tower's first generation are. The same control has
 * another one in each region: https://docs.aws.amazon.com/controltower/latest/APIReference/Welcome.html
 */
function controlArn(home: string, nameOrArn: string): string {
  if (nameOrArn.startsWith("arn:")) return nameOrArn;
  return `arn:aws:controltower:${home}::control/${nameOrArn}`;
}

function regionDeny(
  file: FleetFile,
  units: readonly Unit[],
  members: readonly Member[],
): readonly EnabledControl[] {
  return unitUses(units, members, regionUses(file)).map(({ unit, use }) => ({
    unit,
    control: regionDenyControl,
    parameters: {
      [allowedRegionsParameter]: allowedRegions(use),
      ...(use.front && { [exemptedActionsParameter]: exemptedForFronts }),
    },
  }));
}

type ControlTowerEntry = NonNullable<OrganizationEntry["controlTower"]>;
type LandingZoneEntry = NonNullable<ControlTowerEntry["landingZone"]>;

function landingZone(
  file: FleetFile,
  home: string,
  entry: LandingZoneEntry,
  members: readonly Member[],
): LandingZone {
  const logArchive = members.find(({ name }) => name === entry.logArchive);
  const audit = members.find(({ name }) => name === entry.audit);
  if (!logArchive || !audit) throw new Error("the accounts of the landing zone are not in any unit");
  const zones = Object.values(file.zones ?? {}).flatMap(({ regions }) => regions);
  const used = [...regionUses(file).values()].flatMap(allowedRegions);
  return {
    version: entry.version,
    governedRegions: [...new Set([home, ...zones, ...used])].sort(),
    logArchive,
    audit,
    security: entry.security ?? logArchive.unit,
    logRetentionDays: entry.logRetentionDays ?? defaultLogRetentionDays,
  };
}
