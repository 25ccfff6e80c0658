import type { Cell, Fleet } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import { withoutHidden } from "./attributes";
import type { Risk } from "./picture-schema";
import { type RegionOf, regionOfArn } from "./places";
import type { DataTypes } from "./resource-types";
import { type RiskDraft, riskOf } from "./risk";
import type { ResourceChange } from "./terraform-plan";
import { subjectOf } from "./wording";

/** Where attributes say that something is copied to. */
const copyPath = /replica|destination|copy_action|target_arn/i;

/** Data that would be put, or copied, outside of the zone that it belongs to. */
export function zoneRisks(
  resource: ResourceChange,
  {
    cell,
    dataTypes,
    regionOf,
  }: {
    readonly stack: FleetStack;
    readonly cell?: Cell;
    readonly regionOf: RegionOf;
    readonly dataTypes: DataTypes;
  },
): readonly RiskDraft[] {
  const { change } = resource;
  const after = withoutHidden(change.after, change.after_sensitive);
  const before = withoutHidden(change.before, change.before_sensitive);
  if (!after) return [];
  const region = regionOf(resource);
  const zone = zoneOf(cell, region);
  if (!zone) return [];
  const subject = subjectOf(
    resource.address,
    cell?.targets.map(({ alias }) => alias),
  );
  const isMade = change.actions.includes("create") || change.importing !== undefined;
  const isInside = region === undefined || zone.regions.includes(region);
  const where: RiskDraft[] =
    isMade && dataTypes.holdsDataInRegion(resource.type) && !isInside
      ? [
          {
            code: "leaves-zone",
            subject,
            message: (say) =>
              `${say(subject)} would hold data in ${region}, outside of the zone "${zone.name}"`,
          },
        ]
      : [];
  const known = new Set(placesIn(before));
  const copies = [...new Set(placesIn(after))].filter(
    (place) => !zone.regions.includes(place) && !known.has(place),
  );
  return [
    ...where,
    ...copies.map(
      (place): RiskDraft => ({
        code: "leaves-zone",
        subject,
        message: (say) => `${say(subject)} would copy data to ${place}, outside of the zone "${zone.name}"`,
      }),
    ),
  ];
}

/** The zone of a cell; of a cell in several, the one that the region is in. */
function zoneOf(cell: Cell | undefined, region: string | undefined) {
  return cell?.zone ?? cell?.zones.find(({ regions }) => region !== undefined && regions.includes(region));
}

/** Regions that a resource copies to. */
function placesIn(value: unknown, isCopy = false): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => placesIn(each, isCopy));
  if (isMap(value)) {
    return Object.entries(value).flatMap(([key, each]) => {
      const inside = isCopy || copyPath.test(key);
      const isRegion = inside && /^region(_name)?$/.test(key) && typeof each === "string";
      return isRegion ? [each] : placesIn(each, inside);
    });
  }
  const region = isCopy ? regionOfArn(value) : undefined;
  return region === undefined || region === "" ? [] : [region];
}

/** What is read of an orphan to know which zone loses a region. */
export interface LostTarget {
  readonly stack: string;
  readonly regions: readonly string[];
  readonly zone?: { readonly name: string; readonly regions: readonly string[] };
}

/** Zones whose last target goes away with these stacks. */
export function lostZoneRisks(lost: readonly LostTarget[], fleet: Fleet): readonly Risk[] {
  const left = new Set(fleet.cells.flatMap(({ targets }) => targets.map(({ region }) => region)));
  const known = fleet.cells.flatMap(({ zone, zones }) => (zone ? [zone, ...zones] : zones));
  const zones = new Map(
    [...known, ...lost.flatMap(({ zone }) => (zone ? [zone] : []))].map((zone) => [zone.name, zone]),
  );
  return [...zones.values()].flatMap(({ name, regions }) => {
    const leaving = lost.filter((each) => each.regions.some((region) => regions.includes(region)));
    if (leaving.length === 0 || regions.some((region) => left.has(region))) return [];
    const draft = {
      code: "last-region-of-zone",
      subject: `zone ${name}`,
      message: () => `no target is left in the zone "${name}" once its orphans are taken away`,
    } as const;
    return [{ ...riskOf(draft, (text) => text), stacks: leaving.map(({ stack }) => stack).sort() }];
  });
}
