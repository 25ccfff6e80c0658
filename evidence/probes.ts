import type { Cell } from "../fleet/model";
import { type CellRoute, cellRoutes, covers } from "../fleet/routes";
import { type FoundPath, findPath } from "./find-path";
import type { Behaviour, SynthesizedFront } from "./front";

/** A path that viewers ask for. */
export interface Probe {
  readonly path: string;
  /** The route that answers it; undefined where no service has one and the answer must be 404. */
  readonly route?: CellRoute;
  /** The behaviour that CloudFront serves it with. */
  readonly behaviour: Behaviour;
}

/** What a front is asked for. */
export interface Probes {
  readonly probes: readonly Probe[];
  /** Routes that no path leads to: those before them leave nothing. */
  readonly unreachable: readonly CellRoute[];
  /** Routes that no probe reaches, although a path may. */
  readonly unprobed: readonly CellRoute[];
}

/** A path for every route of the cell and every behaviour of its front, and one that no service has a route for. */
export function probesOf(cell: Cell, { behaviours }: SynthesizedFront): Probes {
  const routes = cellRoutes(cell.services);
  const routePatterns = routes.map(({ route }) => route.path);
  const patterns = behaviours.map(({ pattern }) => pattern);
  const routePaths = inOrder(routePatterns);
  const found = [...routePaths, ...inOrder(patterns), findPath("/*", routePatterns)];
  const all = found.flatMap((each): readonly Probe[] => {
    if (each.kind !== "path") return [];
    const behaviour = behaviours.find(({ pattern }) => covers(pattern, each.path));
    const route = routes.find(({ route }) => covers(route.path, each.path));
    return behaviour ? [{ path: each.path, route, behaviour }] : [];
  });
  const isFirst = ({ behaviour, route }: Probe, index: number) =>
    all.findIndex((probe) => probe.route === route && probe.behaviour === behaviour) === index;
  const unreachable = routes.filter((_, index) => routePaths[index]?.kind === "none");
  return {
    probes: all.filter(isFirst),
    unreachable,
    unprobed: routes.filter(
      (route) => !unreachable.includes(route) && !all.some((probe) => probe.route === route),
    ),
  };
}

/** For each pattern a path that it matches and none before it does. */
function inOrder(patterns: readonly string[]): readonly FoundPath[] {
  return patterns.map((pattern, index) => findPath(pattern, patterns.slice(0, index)));
}
