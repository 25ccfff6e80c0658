import { performance } from "node:perf_hooks";
import type { Cell, Fleet } from "../fleet/model";
import type { CellRoute } from "../fleet/routes";
import { type Ask, asker } from "./ask";
import { type DistinctCase, decider, methodClasses } from "./cases";
import { type CellData, cellData, checkData } from "./data";
import { type ExtendedData, extendedData } from "./extended-data";
import { faults, judgeFault } from "./faults";
import { parseFront, type SynthesizedFront } from "./front";
import { checkEdgeFunctions, checkFront, type FrontFinding } from "./front-checks";
import { groupBy } from "./group-by";
import { type Finding, judge, type Property, type Verdict } from "./judge";
import { type Probe, probesOf } from "./probes";
import type { Fault } from "./router";
import { type State, statesOf } from "./states";
import type { Synthesized } from "./synthesized";
import { regionsOf, type Viewer, viewersOf } from "./viewers";

/** What the drill of a cell came to. */
export interface CellDrill {
  readonly cell: string;
  readonly regions: readonly string[];
  /** States of the regions that were looked at. */
  readonly states: number;
  /** Requests that were judged, each in one state. */
  readonly cases: number;
  readonly seconds: number;
  readonly violations: readonly Violation[];
  /** What is no mistake, and still worth knowing. */
  readonly notes: readonly string[];
  /** Where its items are; absent in a cell without tables. */
  readonly data?: CellData;
  /** What else of its regions' data is only there; absent where extensions say nothing of it. */
  readonly extended?: readonly ExtendedData[];
}

/** A property that does not hold. */
export interface Violation {
  readonly property: Property;
  /** What is wrong with the front itself, where that can be told without a request. */
  readonly message?: string;
  /** The smallest case in which a request goes wrong. */
  readonly example?: Example;
  /** How many cases go wrong in this way, the example included. */
  readonly cases: number;
}

/** A request that goes wrong. */
export interface Example extends Finding, State {
  readonly viewer: Viewer;
  readonly method: string;
  readonly path: string;
  /** What of CloudFront's own throws meanwhile. */
  readonly fault?: Fault;
}

/** How to run a drill. */
export interface DrillOptions {
  /** Told again and again how many of how many states are done. */
  readonly onProgress?: (done: number, all: number) => void;
  /** Who asks. Default: all of {@link viewersOf}. */
  readonly viewers?: readonly Viewer[];
  /** Of the fleet. Default: none. */
  readonly extensions?: Fleet["extensions"];
}

/**
 * Holds the front of a cell against what the fleet file says: every viewer, every route, in every state of the regions.
 * The router is run for each set of drained regions, which is all that it can know; what is down is applied to what it
 * decided. Last, what the router calls of CloudFront's own fails.
 * And wherever a region may answer, it must find its tables.
 */
export async function drillCell(
  stacks: Synthesized,
  cell: Cell,
  options: DrillOptions = {},
): Promise<CellDrill> {
  const started = performance.now();
  const states = statesOf(regionsOf(cell));
  const front = parseFront(stacks, cell);
  const { cases, notes, violations } = front
    ? await drillFront(cell, front, states, options)
    : { cases: 0, notes: [], violations: [noDistribution(cell)] };
  const data = cellData(stacks, cell, options.extensions);
  const extended = extendedData(stacks, cell, options.extensions ?? []);
  return {
    cell: cell.name,
    regions: regionsOf(cell),
    states: states.length,
    cases,
    seconds: (performance.now() - started) / 1000,
    violations: [...violations, ...checkData(stacks, cell).map((found) => ({ ...found, cases: 1 }))],
    notes: [...notesOf(cell), ...notes],
    ...(data && { data }),
    ...(extended.length > 0 && { extended }),
  };
}

function noDistribution({ front }: Cell): Violation {
  return {
    property: "origins",
    message: `${front.stack} has no distribution, or more than one`,
    cases: 1,
  };
}

interface Judged {
  readonly asked: DistinctCase;
  readonly verdict: Verdict;
}

async function drillFront(
  cell: Cell,
  front: SynthesizedFront,
  states: readonly State[],
  { onProgress, viewers = viewersOf(cell) }: DrillOptions,
): Promise<Pick<CellDrill, "cases" | "violations" | "notes">> {
  const { probes, unprobed, unreachable } = probesOf(cell, front);
  const decide = decider(front, viewers, probes);
  const violations = new Violations();
  const judged = new Map<string, readonly Judged[]>();
  for (const [index, { down, drained }] of states.entries()) {
    onProgress?.(index, states.length);
    const key = drained.join();
    const cases =
      judged.get(key) ??
      (await decide(drained)).map((asked) => ({ asked, verdict: judge(cell, front, asked, drained) }));
    judged.set(key, cases);
    for (const { asked, verdict } of cases) {
      const found = verdict.found ?? verdict.whileDown?.(down);
      violations.add(found, asked.alike, () => ({ ...exampleOf(asked), down, drained }));
    }
  }
  await drillFaults(asker(front)([]), viewers, probes, violations);
  const wrong = [
    ...checkFront(cell, front),
    ...(await checkEdgeFunctions(front)),
    ...unprobed.map(notProbed),
  ];
  return {
    cases: violations.cases,
    violations: [...wrong.map((found) => ({ ...found, cases: 1 })), ...violations.all()],
    notes: unreachable.map(
      ({ route, service }) =>
        `no path leads to the route ${route.path} of ${service.name}: the routes before it take every request`,
    ),
  };
}

/** Asks for one path of each router while something of CloudFront's own fails. */
async function drillFaults(
  ask: Ask,
  viewers: readonly Viewer[],
  probes: readonly Probe[],
  violations: Violations,
): Promise<void> {
  const routed = probes.filter(({ route }) => route);
  const routers = groupBy(routed, ({ behaviour }) => behaviour.router?.name ?? "");
  for (const [probe] of routers) {
    if (!probe) continue;
    for (const viewer of viewers) {
      for (const method of methodClasses) {
        const normal = await ask(viewer, probe, method);
        for (const fault of faults) {
          const found = judgeFault(fault, normal, await ask(viewer, probe, method, fault));
          const example = { viewer, method, path: probe.path, fault, down: [], drained: [] };
          violations.add(found, 1, () => example);
        }
      }
    }
  }
}

function exampleOf({ method, probe, viewer }: DistinctCase) {
  return { viewer, method, path: probe.path };
}

function notProbed({ route, service }: CellRoute): FrontFinding {
  return {
    property: "routes",
    message: `found no path that leads to the route ${route.path} of ${service.name}, so nothing is proven for it`,
  };
}

/** What went wrong so far: of each property the first example. */
class Violations {
  /** Requests that were judged. */
  cases = 0;
  private readonly byProperty = new Map<Property, { readonly example: Example; cases: number }>();

  add(found: Finding | undefined, alike: number, example: () => Omit<Example, keyof Finding>): void {
    this.cases += alike;
    if (!found) return;
    const known = this.byProperty.get(found.property) ?? { example: { ...found, ...example() }, cases: 0 };
    this.byProperty.set(found.property, { ...known, cases: known.cases + alike });
  }

  all(): readonly Violation[] {
    return [...this.byProperty].map(([property, found]) => ({ property, ...found }));
  }
}

/** What cannot be answered while a region is down, because there is no other. */
function notesOf(cell: Cell): readonly string[] {
  const regions = regionsOf(cell);
  if (regions.length === 1) return [`nobody gets an answer while ${regions[0]} is down`];
  return cell.zones.flatMap((zone) => {
    const [only, ...others] = regions.filter((region) => zone.regions.includes(region));
    return others.length === 0 && only !== undefined
      ? [`viewers of zone ${zone.name} get no answer while ${only} is down`]
      : [];
  });
}
