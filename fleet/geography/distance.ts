import { countryPosition } from "./countries";
import { findRegion } from "./regions";

/** A place on Earth, in degrees. */
interface Position {
  readonly lat: number;
  readonly lon: number;
}

/** Mean radius of the Earth in km, as IUGG gives it. */
const earthRadius = 6371;

/** Kilometres along a great circle. https://en.wikipedia.org/wiki/Haversine_formula */
function greatCircle(a: Position, b: Position): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const chord = half(a.lat, b.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(a.lon, b.lon);
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/**
 * Whole kilometres from the middle of a country to a region; 0 where one of them is unknown. Rounded, so that no
 * processor's last digit decides an order.
 *
 * @example distanceTo("DE", "eu-central-1") // 102
 */
export function distanceTo(country: string, region: string): number {
  const [from, to] = [countryPosition(country), findRegion(region)];
  return from && to ? Math.round(greatCircle(from, to)) : 0;
}
