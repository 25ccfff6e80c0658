import { drainsKey, formatDrains } from "../fleet/drains";
import type { Router, SynthesizedFront } from "./front";
import type { Probe } from "./probes";
import { type Decision, type Fault, loadRouter, type RunRouter } from "./router";
import type { Viewer } from "./viewers";

/** What a front decides for a viewer who asks for a path. Ask one at a time. */
export type Ask = (viewer: Viewer, probe: Probe, method: string, fault?: Fault) => Promise<Decision>;

/** When the drill's regions are drained. The router does not look at it. */
const since = "2026-01-01T00:00:00Z";

/** Runs the routers of a front, each compiled once, as they decide while some regions are drained. */
export function asker({ behaviours }: SynthesizedFront): (drained: readonly string[]) => Ask {
  const routers = new Map<string, RunRouter>();
  for (const { router } of behaviours) {
    if (router && !routers.has(router.name)) routers.set(router.name, load(router));
  }
  return (drained) => {
    const stored = storedDrains(drained);
    return async ({ country, edgeRegion }, { behaviour, path }, method, fault) => {
      const run = behaviour.router && routers.get(behaviour.router.name);
      if (!run) return { kind: "origins", ids: [], failoverOn: [], hasOwnId: false, isPrivate: false };
      const known = behaviour.forwardsCountry ? country : undefined;
      return run({ method, path, country: known, edgeRegion, stored, fault });
    };
  };
}

/** The key is missing until the first drain. */
function storedDrains(regions: readonly string[]): Readonly<Record<string, string>> {
  return regions.length === 0
    ? {}
    : { [drainsKey]: formatDrains(regions.map((region) => ({ region, since }))) };
}

function load({ code }: Router): RunRouter {
  try {
    return loadRouter(code);
  } catch (error) {
    const message = `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    return async () => ({ kind: "error", message });
  }
}
