import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RoutedPath, routerCode } from "../edge/router-code";
import type { Problem } from "../fleet/diagnostics";
import { regionCountries } from "../fleet/geography/regions";
import { limits } from "../fleet/limits";
import type { Cell, Fleet } from "../fleet/model";
import { packageRoot } from "../fleet/project";
import { cellRoutes } from "../fleet/routes";
import { problem } from "./rules";

/** The code of each cell's router, by the cell's name. */
export type Routers = ReadonlyMap<string, string>;

/** Makes the routers of a fleet: `edge/router.js` with the data of each cell. */
export function routersOf({ cells }: Fleet): Routers {
  const source = readFileSync(join(packageRoot, "edge", "router.js"), "utf8");
  return new Map(cells.map((cell) => [cell.name, routerOf(source, cell)]));
}

function routerOf(source: string, { defaultCountry, front, services, targets }: Cell): string {
  const routes = cellRoutes(services).map(
    ({ route: { methods, path }, service }): RoutedPath =>
      methods ? [path, service.name, methods] : [path, service.name],
  );
  const { failoverOn, routing } = front;
  return routerCode(source, { routes, targets, routing, defaultCountry, failoverOn, regionCountries });
}

/** Routers that do not fit into CloudFront. Known only once everything else about the fleet is. */
export function routerSizes(routers: Routers): readonly Problem[] {
  return [...routers].flatMap(([cell, code]) => {
    const bytes = Buffer.byteLength(code);
    if (bytes <= limits.edgeFunction) return [];
    return [
      problem("router-too-large", ["cells", cell], {
        message: `the router of cell "${cell}" has ${bytes.toLocaleString("en-US")} bytes, but the limit is ${limits.edgeFunction.toLocaleString("en-US")}`,
        fix: "combine routes with wildcards, use fewer regions, or shorten front.order: all of these become part of the router",
        atKey: true,
      }),
    ];
  });
}
