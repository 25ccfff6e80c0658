import type { Path, Problem } from "../fleet/diagnostics";
import { covers, routePath, sameRoute } from "../fleet/routes";
import type { CellEntry, FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import {
  type CellRoute,
  oncePerPlace,
  routesOf,
  servicesOf,
  takesRequests,
  writtenServices,
} from "./written";

/** Routes that never get a request, and requests that no route takes. */
export function routes({ declared, file }: CheckInput): readonly Problem[] {
  // A service that was left out, because of its shape, may have routes.
  const isWhole = (declared.services ?? []).every((service) => Object.hasOwn(file.services, service));
  const cells = Object.entries(file.cells);
  return oncePerPlace([
    ...writtenServices(file).flatMap(({ path, settings }) =>
      withinList((settings.routes ?? []).map(routePath), [...path, "routes"]),
    ),
    ...cells.flatMap(([cell, entry]) => acrossServices(file, cell, entry)),
    ...cells.flatMap(([cell, entry]) => noDefault(file, cell, entry)),
    ...(isWhole ? cells.flatMap(([cell, entry]) => noRoutes(file, cell, entry)) : []),
    ...cells.flatMap(([cell, entry]) => streamingToNobody(file, cell, entry)),
  ]);
}

function withinList(written: readonly string[], path: Path): readonly Problem[] {
  return written.flatMap((route, index) => {
    const first = written.slice(0, index).findIndex((earlier) => covers(earlier, route));
    const wider = written[first];
    if (wider === undefined) return [];
    const other = { path: [...path, first] };
    if (sameRoute(wider, route)) {
      return [
        problem("duplicate-route", [...path, index], {
          message: `route "${route}" is listed twice${wider === route ? "" : `: "${wider}" matches the same paths`}`,
          fix: "remove one of the two",
          other,
        }),
      ];
    }
    return [
      problem("unreachable-route", [...path, index], {
        message: `route "${route}" comes after "${wider}", which matches all its paths`,
        fix: `write "${route}" before "${wider}", or remove it`,
        other,
      }),
    ];
  });
}

function acrossServices(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  const firsts: CellRoute[] = [];
  return routesOf(file, cell, entry).flatMap((later) => {
    const first = firsts.find(({ route }) => sameRoute(route, later.route));
    if (!first) firsts.push(later);
    if (!first || first.service === later.service) return [];
    // A cell's override is more likely to be the mistake than what holds for all cells.
    const place = [later, first].find(({ path }) => path[0] === "cells") ?? later;
    return [
      problem("duplicate-route", place.path, {
        message: `services "${first.service}" and "${later.service}" both have the route "${later.route}" in cell "${cell}"`,
        fix: 'give each a route of its own, and only one of them "/*"',
        other: { path: place === later ? first.path : later.path },
      }),
    ];
  });
}

function noDefault(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  const all = routesOf(file, cell, entry);
  if (all.length === 0 || all.some(({ route }) => sameRoute(route, "/*"))) return [];
  const isOverridden = overridesRoutes(file, cell, entry);
  return [
    problem("no-default-route", isOverridden ? ["cells", cell, "services"] : ["services"], {
      message: `no service ${isOverridden ? `of cell "${cell}" ` : ""}has the route "/*"`,
      fix: 'add "/*" to the routes of the service that should answer everything else, if there is one',
      atKey: true,
    }),
  ];
}

function noRoutes(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  const services = servicesOf(file, cell, entry);
  if (services.length === 0 || services.some(takesRequests)) return [];
  return [
    problem("no-routes", overridesRoutes(file, cell, entry) ? ["cells", cell, "services"] : ["services"], {
      message: `no service of cell "${cell}" has a route`,
      fix: 'give one of them a route, such as "/*"',
      atKey: true,
    }),
  ];
}

function overridesRoutes(file: FleetFile, cell: string, entry: CellEntry): boolean {
  return servicesOf(file, cell, entry).some(({ pathOf }) => pathOf("routes")[0] === "cells");
}

function streamingToNobody(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  return servicesOf(file, cell, entry)
    .filter((service) => service.settings.streaming && !takesRequests(service))
    .map(({ name, pathOf }) =>
      problem("streaming-without-routes", pathOf("streaming"), {
        message: `service "${name}" streams its answers, but has no routes in cell "${cell}"`,
        fix: 'remove "streaming", or give it a route',
        other: { path: pathOf("routes") },
      }),
    );
}
