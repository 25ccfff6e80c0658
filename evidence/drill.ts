import { performance } from "node:perf_hooks";
import type { Cell } from "../fleet/model";
import { type Ask, asker } from "./ask";
import { parseFront, type SynthesizedFront } from "./front";
import { checkFront } from "./front-checks";
import { type Case, type Finding, judge, type Property } from "./judge";
import { type Probe, probesOf } from "./probes";
import { decisionKey } from "./router";
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
}

/** How to run a drill. */
export interface DrillOptions {
  /** Told again and again how many of how many states are done. */
  readonly onProgress?: (done: number, all: number) => void;
}

const allMethods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

/** One for reads, one for writes. */
const methodClasses = ["GET", "POST"];

/**
 * Holds the front of a cell against what the fleet file says: every viewer, both classes of methods, every route, in
 * every state of the regions. The router is run for each set of drained regions, which is all that it can know; what
 * is down is applied to what it decided.
 */
export async function drillCell(
  stacks: Synthesized,
  cell: Cell,
  options: DrillOptions = {},
): Promise<CellDrill> {
  const started = performance.now();
  const states = statesOf(regionsOf(cell));
  const front = parseFront(stacks, cell);
  const { cases, violations } = front
    ? await drillFront(cell, front, states, options)
    : { cases: 0, violations: [noDistribution(cell)] };
  return {
    cell: cell.name,
    regions: regionsOf(cell),
    states: states.length,
    cases,
    seconds: (performance.now() - started) / 1000,
    violations,
    notes: notesOf(cell),
  };
}

function noDistribution({ front }: Cell): Violation {
  return {
    property: "origins",
    message: `${front.stack} has no distribution, or more than one`,
    cases: 1,
  };
}

async function drillFront(
  cell: Cell,
  front: SynthesizedFront,
  states: readonly State[],
  { onProgress }: DrillOptions,
): Promise<Pick<CellDrill, "cases" | "violations">> {
  const decide = decider(front, viewersOf(cell), probesOf(cell, front));
  const examples = new Map<Property, { readonly example: Example; readonly cases: number }>();
  let cases = 0;
  for (const [index, state] of states.entries()) {
    onProgress?.(index, states.length);
    for (const { alike, ...asked } of await decide(state.drained)) {
      cases += alike;
      const found = judge(cell, front, asked, state);
      if (!found) continue;
      const { method, probe, viewer } = asked;
      const { cases: before = 0, example = { ...found, ...state, viewer, method, path: probe.path } } =
        examples.get(found.property) ?? {};
      examples.set(found.property, { example, cases: before + alike });
    }
  }
  const wrong = checkFront(cell, front).map((found) => ({ ...found, cases: 1 }));
  return {
    cases,
    violations: [...wrong, ...[...examples].map(([property, found]) => ({ property, ...found }))],
  };
}

/** A case that stands for all that cannot be told apart by what is judged. */
interface DistinctCase extends Case {
  readonly alike: number;
}

/** Runs the router for every viewer, path and method, once for each set of drained regions. */
function decider(front: SynthesizedFront, viewers: readonly Viewer[], probes: readonly Probe[]) {
  const askWhile = asker(front);
  const known = new Map<string, readonly DistinctCase[]>();
  return async (drained: readonly string[]): Promise<readonly DistinctCase[]> => {
    const key = drained.join();
    const methods = drained.length === 0 ? allMethods : methodClasses;
    const found = known.get(key) ?? (await distinctCases(askWhile(drained), viewers, probes, methods));
    known.set(key, found);
    return found;
  };
}

async function distinctCases(
  ask: Ask,
  viewers: readonly Viewer[],
  probes: readonly Probe[],
  methods: readonly string[],
): Promise<readonly DistinctCase[]> {
  const found: DistinctCase[] = [];
  for (const probe of probes) {
    for (const method of methods) {
      const byKey = new Map<string, { first: Case; alike: number }>();
      for (const viewer of viewers) {
        const decision = await ask(viewer, probe, method);
        const key = `${viewer.zone} ${viewer.allowed} ${decisionKey(decision)}`;
        const known = byKey.get(key);
        if (known) known.alike += 1;
        else byKey.set(key, { first: { viewer, probe, method, decision }, alike: 1 });
      }
      for (const { alike, first } of byKey.values()) found.push({ ...first, alike });
    }
  }
  return found;
}

/** What cannot be answered while a region is down, because there is no other. */
function notesOf(cell: Cell): readonly string[] {
  const regions = regionsOf(cell);
  if (regions.length === 1) return [`nothing answers anybody while ${regions[0]} is down`];
  return cell.zones.flatMap((zone) => {
    const [only, ...others] = regions.filter((region) => zone.regions.includes(region));
    return others.length === 0 && only !== undefined
      ? [`nothing answers viewers of zone ${zone.name} while ${only} is down`]
      : [];
  });
}
