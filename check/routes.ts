import type { Path, Problem } from "../fleet/diagnostics";
import { covers, routePath, sameRoute } from "../fleet/routes";
import type { CellEntry, FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { type CellRoute, oncePerPlace, routesOf, writtenServices } from "./written";

/** Routes that never get a request, and requests that no route takes. */
export function routes({ file }: CheckInput): readonly Problem[] {
  const cells = Object.entries(file.cells);
  return oncePerPlace([
    ...writtenServices(file).flatMap(({ path, settings }) =>
      withinList((settings.routes ?? []).map(routePath), [...path, "routes"]),
    ),
    ...cells.flatMap(([cell, entry]) => acrossServices(file, cell, entry)),
    ...cells.flatMap(([cell, entry]) => noDefault(file, cell, entry)),
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
  const isOverridden = all.some(({ path }) => path[0] === "cells");
  return [
    problem("no-default-route", isOverridden ? ["cells", cell, "services"] : ["services"], {
      message: `no service ${isOverridden ? `of cell "${cell}" ` : ""}has the route "/*"`,
      fix: 'add "/*" to the routes of the service that should answer everything else, if there is one',
      atKey: true,
    }),
  ];
}
