import type { Cell, Method, Route, Service } from "./model";
import type { RouteEntry } from "./schema/fleet-file";

/** The path pattern of a route, however it is written. */
export function routePath(route: RouteEntry): string {
  return typeof route === "string" ? route : route.path;
}

/** Runs of wildcards mean the same in any order: `*?` is `?*`, and `**` is `*`. */
function normalized(route: string): string {
  return route.replaceAll(/[*?]+/g, (run) => run.replaceAll("*", "") + (run.includes("*") ? "*" : ""));
}

/** Whether two CloudFront path patterns match the same paths. */
export function sameRoute(a: string, b: string): boolean {
  return normalized(a) === normalized(b);
}

/**
 * Whether every path that `narrow` matches is matched by `wide` as well. `*` stands for any characters or none, `?`
 * for exactly one: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
 *
 * @example covers("/*", "/api/*") // true
 * @example covers("/api/*", "/*") // false
 */
export function covers(wide: string, narrow: string): boolean {
  const a = normalized(wide);
  const b = normalized(narrow);
  // next[j] says whether the rest of `a`, after the character at hand, covers the rest of `b` from j on.
  let next: readonly boolean[] = Array.from({ length: b.length + 1 }, (_, j) => j === b.length);
  for (const symbol of [...a].reverse()) next = coverRow(symbol, b, next);
  return next[0] === true;
}

function coverRow(symbol: string, b: string, next: readonly boolean[]): readonly boolean[] {
  const row: boolean[] = [];
  for (let j = b.length; j >= 0; j -= 1) {
    const [skipped, both, consumed] = [next[j] === true, next[j + 1] === true, row[j + 1] === true];
    if (symbol === "*") row[j] = skipped || consumed;
    else if (symbol !== "?") row[j] = b[j] === symbol && both;
    // A star of `b` is nothing, or any character with the star again.
    else row[j] = b[j] === "*" ? skipped && consumed : both;
  }
  return row;
}

/**
 * Compares path patterns for the order in which CloudFront must try them: negative where `a` comes before `b`. None
 * comes behind one that covers it, and the same patterns get the same order however they were sorted before.
 *
 * The more a pattern fixes, the earlier it comes: a longer text before the first wildcard; then a longer shortest
 * path; then more fixed characters; then fewer stars; then the alphabet. A pattern that covers another never has more of
 * the first three, and where they are equal it has more stars.
 *
 * @example ["/*", "/api/*", "/api/v1"].sort(compareRoutes) // ["/api/v1", "/api/*", "/*"]
 */
export function compareRoutes(a: string, b: string): number {
  const [x, y] = [specificity(a), specificity(b)];
  return (
    y.prefix - x.prefix ||
    y.shortest - x.shortest ||
    y.fixed - x.fixed ||
    x.stars - y.stars ||
    Number(a > b) - Number(a < b)
  );
}

function specificity(route: string) {
  const pattern = normalized(route);
  const stars = pattern.split("*").length - 1;
  return {
    prefix: pattern.search(/[*?]|$/),
    shortest: pattern.length - stars,
    fixed: pattern.replaceAll(/[*?]/g, "").length,
    stars,
  };
}

/** Whether requests come to a service. Without a route it is called by events only, and has no function URL. */
export function isRouted({ routes }: Pick<Service, "routes">): boolean {
  return routes.length > 0;
}

/** A route of a cell, and the service that answers it. */
export interface CellRoute {
  readonly route: Route;
  readonly service: Service;
}

/** Every route of a cell's services, in the order in which CloudFront must try them. */
export function cellRoutes(services: readonly Service[]): readonly CellRoute[] {
  return services
    .flatMap((service) => service.routes.map((route) => ({ route, service })))
    .sort((a, b) => compareRoutes(a.route.path, b.route.path));
}

/** Methods whose requests have a body that CloudFront shows a function; it hands DELETE over without its own. */
const withBody: readonly Method[] = ["POST", "PUT", "PATCH"];

/** Whether requests with a body can come by a route. */
export function takesBodies({ methods }: Route): boolean {
  return methods === undefined || methods.some((method) => withBody.includes(method));
}

/** Whether a front has a function that hashes bodies: where one can come and nobody else is to do it. */
export function hashesBodies({ front, services }: Pick<Cell, "front" | "services">): boolean {
  return front.bodies === "edge-hash" && services.some(({ routes }) => routes.some(takesBodies));
}
