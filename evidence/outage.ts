import { countryCodes } from "../fleet/geography/countries";
import { distanceTo } from "../fleet/geography/distance";
import type { Cell, Fleet } from "../fleet/model";
import { type Ask, asker } from "./ask";
import { followChoice } from "./chosen";
import { cellData, dataMeanwhile } from "./data";
import { extendedData, extendedMeanwhile } from "./extended-data";
import { parseFront, type SynthesizedFront } from "./front";
import { type Probe, probesOf } from "./probes";
import type { State } from "./states";
import type { Synthesized } from "./synthesized";
import { regionsOf, type Viewer, viewersOf } from "./viewers";

/** Who answers: a region's code, or what happens instead. `503` is the router's: no region is left for the viewer. */
export type Answer = string;

/** The answer that CloudFront makes up where no origin answers. */
const fails: Answer = "fail";

/** Whether a region answers. */
export function isRegion(answer: Answer): boolean {
  return answer !== fails && !/^\d+$/.test(answer);
}

/** Countries whose viewers all see the same. */
export interface OutageGroup {
  /** ISO 3166-1 alpha-2, sorted. */
  readonly countries: readonly string[];
  /** With nothing down and nothing drained. */
  readonly before: { readonly reads: Answer; readonly writes: Answer };
  /** In the state asked for. */
  readonly now: { readonly reads: Answer; readonly writes: Answer };
  /** Once what is down is drained, too. */
  readonly afterDrain: { readonly reads: Answer; readonly writes: Answer };
  /** What of the down to drain so that writes are answered again; empty where they are, and where nothing helps. */
  readonly drains: readonly string[];
  /** Kilometres farther to the region that answers after the drain, of the country least and most far; absent where none does. */
  readonly addedKilometres?: { readonly least: number; readonly most: number };
}

/** What a state of the regions means for the viewers of a cell. */
export interface CellOutage extends State {
  readonly cell: string;
  /** For whom something changes, most countries first. */
  readonly changed: readonly OutageGroup[];
  /** For whom nothing does. */
  readonly unchanged: readonly OutageGroup[];
  /** What it means for the cell's tables, in sentences without full stops. */
  readonly data: readonly string[];
  /** What it means for what extensions say that holds data, in sentences without full stops. */
  readonly extended: readonly string[];
}

/**
 * What the deployed front would make of a state of the regions, country by country.
 *
 * @returns undefined where the cell has none of the state's regions, or no front
 */
export async function cellOutage(
  stacks: Synthesized,
  cell: Cell,
  { down, drained }: State,
  extensions: Fleet["extensions"] = [],
): Promise<CellOutage | undefined> {
  const own = (regions: readonly string[]) => regionsOf(cell).filter((region) => regions.includes(region));
  // Nobody asks a drained region, so whether it is down as well makes no difference.
  const state: State = {
    down: own(down).filter((region) => !drained.includes(region)),
    drained: own(drained),
  };
  const front = parseFront(stacks, cell);
  const probe = front && probesOf(cell, front).probes.find(({ route }) => route);
  if (!front || !probe || state.down.length + state.drained.length === 0) return undefined;
  const askWhile = asker(front);
  const rows: OutageGroup[] = [];
  for (const viewer of viewersOf(cell).filter(({ country = "" }) => countryCodes.includes(country))) {
    const look = (drained: readonly string[], isDown: readonly string[]) =>
      answers(front, askWhile(drained), viewer, probe, isDown);
    const before = await look([], []);
    const now = await look(state.drained, state.down);
    const afterDrain = await look([...state.drained, ...state.down], state.down);
    const drains =
      now.writes === fails && isRegion(afterDrain.writes)
        ? await drainsFor(state, async (drained) => (await look(drained, [])).writes)
        : [];
    const added = addedKilometres(viewer.takenFor, before.reads, afterDrain.reads);
    rows.push({
      countries: [viewer.takenFor],
      before,
      now,
      afterDrain,
      drains,
      addedKilometres: added === undefined ? undefined : { least: added, most: added },
    });
  }
  const groups = grouped(rows);
  const data = cellData(stacks, cell, extensions);
  return {
    cell: cell.name,
    ...state,
    changed: groups.filter((group) => !isUnchanged(group)),
    unchanged: groups.filter(isUnchanged),
    data: data ? dataMeanwhile(data, state) : [],
    extended: extendedMeanwhile(extendedData(stacks, cell, extensions), state),
  };
}

async function answers(
  front: SynthesizedFront,
  ask: Ask,
  viewer: Viewer,
  probe: Probe,
  down: readonly string[],
): Promise<{ readonly reads: Answer; readonly writes: Answer }> {
  const answer = async (method: string, tries: number): Promise<Answer> => {
    const decision = await ask(viewer, probe, method);
    if (decision.kind === "answer") return String(decision.status);
    if (decision.kind === "error") return fails;
    const chosen = followChoice(front, decision.ids, { probe, method });
    if (typeof chosen === "string") return fails;
    return chosen.regions.slice(0, tries).find((region) => !down.includes(region)) ?? fails;
  };
  return { reads: await answer("GET", 2), writes: await answer("POST", 1) };
}

/** The regions that a viewer's writes are sent to in vain, one after the other, as each is drained. */
async function drainsFor(
  { down, drained }: State,
  asked: (drained: readonly string[]) => Promise<Answer>,
): Promise<readonly string[]> {
  const drains: string[] = [];
  for (const _ of down) {
    const region = await asked([...drained, ...drains]);
    if (!down.includes(region) || drains.includes(region)) break;
    drains.push(region);
  }
  return drains;
}

function addedKilometres(country: string, before: Answer, after: Answer): number | undefined {
  return isRegion(before) && isRegion(after)
    ? distanceTo(country, after) - distanceTo(country, before)
    : undefined;
}

/** Puts countries together for which everything but the distance is the same. */
function grouped(rows: readonly OutageGroup[]): readonly OutageGroup[] {
  const groups = new Map<string, OutageGroup>();
  for (const row of rows) {
    const answers = [row.before, row.now, row.afterDrain].map(({ reads, writes }) => `${reads} ${writes}`);
    const key = [...answers, ...row.drains].join();
    const group = groups.get(key);
    groups.set(key, group ? joined(group, row) : row);
  }
  return [...groups.values()].sort((a, b) => b.countries.length - a.countries.length);
}

function joined(a: OutageGroup, b: OutageGroup): OutageGroup {
  const added = [a.addedKilometres, b.addedKilometres].filter((each) => each !== undefined);
  return {
    ...a,
    countries: [...a.countries, ...b.countries],
    addedKilometres:
      added.length === 0
        ? undefined
        : {
            least: Math.min(...added.map(({ least }) => least)),
            most: Math.max(...added.map(({ most }) => most)),
          },
  };
}

function isUnchanged({ afterDrain, before, now }: OutageGroup): boolean {
  return [now, afterDrain].every(({ reads, writes }) => reads === before.reads && writes === before.writes);
}
