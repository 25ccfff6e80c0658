import { countryCodes, countryName } from "../fleet/countries";
import type { Cell } from "../fleet/model";
import { findRegion, regionCodes } from "../fleet/regions";

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
 * Who may answer a country's viewers. Taken from the zones, and not from the routing that the router is made of: of
 * that only the order is used.
 */
function policyFor(cell: Cell, country: string): Pick<Viewer, "zone" | "allowed"> {
  const zone = cell.zones.find(({ countries }) => countries.includes(country));
  const limits = [cell.zone, zone].flatMap((each) => (each ? [each.regions] : []));
  const allowed = regionsOf(cell).filter((region) => limits.every((regions) => regions.includes(region)));
  const order = cell.front.routing.get(country)?.regions ?? [];
  const rank = (region: string) => (order.includes(region) ? order.indexOf(region) : order.length);
  return { zone: zone?.name, allowed: allowed.toSorted((a, b) => rank(a) - rank(b)) };
}

/** `from Germany (DE)`, or what else is known of the viewer. */
export function describeViewer({ country, edgeRegion, takenFor }: Viewer): string {
  const name = (code: string) => `${countryName(code) ?? "no country"} (${code})`;
  if (country === takenFor) return `from ${name(country)}`;
  const from =
    country === undefined ? "from a country that CloudFront does not know" : `from ${name(country)}`;
  const near = edgeRegion === undefined ? "" : `, at an edge location of ${edgeRegion}`;
  return `${from}${near}, taken to be from ${name(takenFor)}`;
}
