import { countryCodes, countryGroups, countryName } from "../fleet/geography/countries";
import { distanceTo } from "../fleet/geography/distance";
import { findRegion, regionCodes } from "../fleet/geography/regions";
import type { Cell, Front } from "../fleet/model";

/** A viewer, and what the fleet file lets answer it: the policy that the front is held against. */
export interface Viewer {
  /** What CloudFront knows of it. */
  readonly country?: string;
  readonly edgeRegion?: string;
  /** The country that it is taken to be in. */
  readonly takenFor: string;
  /** The zone that it must stay inside, in a cell of several. */
  readonly zone?: string;
  /** Regions that may answer it, the best first. */
  readonly allowed: readonly string[];
}

/** Regions of a cell's targets, each once, sorted. */
export function regionsOf(cell: Cell): readonly string[] {
  return [...new Set(cell.targets.map(({ region }) => region))].sort();
}

/**
 * A viewer from every country; one of whom only the edge location is known, near every region; one of whom nothing is
 * known; and one whose country no list has.
 */
export function viewersOf(cell: Cell): readonly Viewer[] {
  const viewer = (country?: string, edgeRegion?: string): Viewer => {
    const listed = country !== undefined && countryName(country) ? country : undefined;
    const near = edgeRegion === undefined ? undefined : findRegion(edgeRegion)?.country;
    const takenFor = listed ?? near ?? cell.defaultCountry;
    return { country, edgeRegion, takenFor, ...policyFor(cell, takenFor) };
  };
  return [
    ...countryCodes.map((country) => viewer(country)),
    ...regionCodes.map((region) => viewer(undefined, region)),
    viewer(),
    viewer("ZZ"),
  ];
}

/**
 * Who may answer a country's viewers, and in which order: worked out from the zones, the written order and distances,
 * and not from the routing that the router is made of.
 */
function policyFor(cell: Cell, country: string): Pick<Viewer, "zone" | "allowed"> {
  const zone = cell.zones.find(({ countries }) => countries.includes(country));
  const limits = [cell.zone, zone].flatMap((each) => (each ? [each.regions] : []));
  const allowed = regionsOf(cell).filter((region) => limits.every((regions) => regions.includes(region)));
  const written = writtenFor(cell, country);
  const rank = (region: string) => (written.includes(region) ? written.indexOf(region) : written.length);
  // Regions equally far come as the fleet file has them. The sort is stable.
  const asWritten = cell.targets.map(({ region }) => region);
  const sorted = allowed
    .toSorted((a, b) => asWritten.indexOf(a) - asWritten.indexOf(b))
    .toSorted((a, b) => rank(a) - rank(b) || distanceTo(country, a) - distanceTo(country, b));
  return { zone: zone?.name, allowed: sorted };
}

/** What `front.order` says of a country: its own list, or that of the smallest group that it belongs to. */
function writtenFor({ front: { order = [] } }: Cell, country: string): readonly string[] {
  if (isList(order)) return order;
  const groups = Object.entries(countryGroups)
    .filter(([, members]) => members.includes(country))
    .sort(([, a], [, b]) => a.length - b.length);
  const [list = []] = [country, ...groups.map(([name]) => name)].flatMap((key) => {
    const written = order[key];
    return written ? [written] : [];
  });
  return list;
}

function isList(order: NonNullable<Front["order"]>): order is readonly string[] {
  return Array.isArray(order);
}

/** `from Germany (DE)`, or what else is known of the viewer. */
export function describeViewer({ country, edgeRegion, takenFor }: Viewer): string {
  const name = (code: string) => `${countryName(code) ?? "no country"} (${code})`;
  if (country === takenFor) return `from ${name(country)}`;
  const from = country === undefined ? "from a country unknown to CloudFront" : `from ${name(country)}`;
  const near = edgeRegion === undefined ? "" : `, at an edge location of ${edgeRegion}`;
  return `${from}${near}, treated as from ${name(takenFor)}`;
}
