import type { Problem } from "../fleet/diagnostics";
import { limits } from "../fleet/limits";
import type { Fleet } from "../fleet/model";
import { problem } from "../fleet/rules";

/** Fronts whose router does not fit into CloudFront. Known only once everything else about the fleet is. */
export function routerSizes(fleet: Fleet): readonly Problem[] {
  return fleet.cells.flatMap(({ front, name }) => {
    const bytes = Buffer.byteLength(front.router);
    if (bytes <= limits.edgeFunction) return [];
    return [
      problem("router-too-large", ["cells", name], {
        message: `the router of cell "${name}" has ${bytes.toLocaleString("en-US")} bytes, and ${limits.edgeFunction.toLocaleString("en-US")} are possible`,
        fix: "join routes with wildcards, use fewer regions, or shorten front.order: all that is written there is part of it",
        atKey: true,
      }),
    ];
  });
}
