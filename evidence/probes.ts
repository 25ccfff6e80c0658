import { type CellRoute, cellRoutes } from "../fleet/cell-routes";
import type { Cell } from "../fleet/model";
import { covers } from "../fleet/routes";
import type { Behaviour, SynthesizedFront } from "./front";

/** A path that viewers ask for. */
export interface Probe {
  readonly path: string;
  /** The route that answers it; undefined where no service has one and the answer must be 404. */
  readonly route?: CellRoute;
  /** The behaviour that CloudFront serves it with. */
  readonly behaviour: Behaviour;
}

/** A path for every route of the cell and every behaviour of its front, and one that most fleets have no route for. */
export function probesOf(cell: Cell, { behaviours }: SynthesizedFront): readonly Probe[] {
  const routes = cellRoutes(cell.services);
  const routePatterns = routes.map(({ route }) => route.path);
  const patterns = behaviours.map(({ pattern }) => pattern);
  const paths = [
    ...routePatterns.map((pattern) => sample(pattern, routePatterns)),
    ...patterns.map((pattern) => sample(pattern, patterns)),
    "/no-such-path",
  ];
  const probes = paths.flatMap((path): readonly Probe[] => {
    const behaviour = behaviours.find(({ pattern }) => covers(pattern, path));
    return behaviour
      ? [{ path, route: routes.find(({ route }) => covers(route.path, path)), behaviour }]
      : [];
  });
  const isFirst = ({ behaviour, route }: Probe, index: number) =>
    probes.findIndex((probe) => probe.route === route && probe.behaviour === behaviour) === index;
  return probes.filter(isFirst);
}

/** A path that is served by this pattern and not by one before it, where one of a few guesses is such a path. */
function sample(pattern: string, inOrder: readonly string[]): string {
  const guesses = ["", "x", "x/y"].map((star) => {
    const path = pattern.replaceAll("*", star).replaceAll("?", "x");
    return path.startsWith("/") ? path : `/${path}`;
  });
  const served = (path: string) => inOrder.find((candidate) => covers(candidate, path)) === pattern;
  return guesses.find(served) ?? guesses[0] ?? "/";
}
