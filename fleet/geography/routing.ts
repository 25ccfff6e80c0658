import type { Routing, ViewerRouting, Zone } from "../model";
import type { FrontEntry } from "../schema/fleet-file";
import { countryCodes, countryGroups } from "./countries";
import { distanceTo } from "./distance";

/** What decides where a cell's viewers are answered. */
export interface RoutingInput {
  /** Regions of the cell, each once, in the order of its targets. */
  readonly regions: readonly string[];
  /** Zones whose viewers are answered from their own zone only. */
  readonly zones: readonly Zone[];
  /** As written. */
  readonly order?: FrontEntry["order"];
}

/**
 * How many of a country's regions are sorted by distance; the others follow as written. With all of AWS's regions in
 * full order, the router would not fit into the 10 KB that CloudFront takes, and nobody drains ten regions.
 */
const nearestOf = 10;

/** Many cells of a fleet have the same regions: what is alike is worked out once, and is one object. */
const known = new Map<string, Routing>();

/**
 * Says, for every country, which regions may answer its viewers, the best first.
 *
 * Residency is decided here and nowhere later: what is not in a country's list cannot answer it, whatever fails.
 * Regions come in the order that the fleet file gives; those that it does not name follow, the nearest ten first.
 */
export function resolveRouting(input: RoutingInput): Routing {
  const key = JSON.stringify([input.regions, input.zones, input.order]);
  const routing = known.get(key) ?? routingOf(input);
  known.set(key, routing);
  return routing;
}

function routingOf({ regions, zones, order }: RoutingInput): Routing {
  return new Map(
    countryCodes.map((country): readonly [string, ViewerRouting] => {
      const zone = zones.find(({ countries }) => countries.includes(country));
      const allowed = zone ? regions.filter((region) => zone.regions.includes(region)) : regions;
      return [
        country,
        { zone: zone?.name, regions: ordered(country, allowed, writtenOrder(country, order)) },
      ];
    }),
  );
}

function ordered(country: string, allowed: readonly string[], written: readonly string[]): readonly string[] {
  const named = written.filter((region) => allowed.includes(region));
  const others = allowed.filter((region) => !written.includes(region));
  const distances = new Map(others.map((region) => [region, distanceTo(country, region)]));
  const distance = (region: string) => distances.get(region) ?? 0;
  const nearest = others.toSorted((a, b) => distance(a) - distance(b)).slice(0, nearestOf);
  return [...named, ...nearest, ...others.filter((region) => !nearest.includes(region))];
}

/** The order that the fleet file gives to a country: its own comes before that of a group that it belongs to. */
function writtenOrder(country: string, order: FrontEntry["order"]): readonly string[] {
  if (order === undefined) return [];
  if (Array.isArray(order)) return order;
  const byCountry = order as Readonly<Record<string, readonly string[]>>;
  const groups = Object.keys(countryGroups).filter((group) => countryGroups[group]?.includes(country));
  const key = [country, ...groups].find((candidate) => Object.hasOwn(byCountry, candidate));
  return key === undefined ? [] : (byCountry[key] ?? []);
}
