import type { Route, Service } from "./model";
import { compareRoutes } from "./routes";

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
