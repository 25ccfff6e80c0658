import { UserError } from "../fleet/errors";
import { nearest } from "../fleet/wording";
import { otherEndpoint } from "../operations/aws/endpoint";
import { awsSession, stsRegions } from "../operations/aws/role-credentials";
import { runStatus } from "../operations/recovery/run-status";
import type { FleetStore, RunRecord } from "../operations/store/model";
import { reason } from "../operations/store/states";
import { openStore } from "../operations/store/store";
import { orJsonError, printJson } from "./output/json";
import { countsOf, runReport, runsReport, type ShownRun } from "./output/runs-report";
import { caller } from "./shared/environment";
import { deployedFleet } from "./shared/fleet";

/** Options of `meridian runs`. */
export interface RunsOptions {
  readonly json?: boolean;
  /** Only runs of this rollout: its id. */
  readonly rollout?: string;
}

/** Runs that a list shows; the story of an older one can still be asked for. */
const listed = 20;

/**
 * `meridian runs`: the last deploys and rollbacks, or all of one rollout; with an id, what one of them was to do, and what
 * became of it.
 *
 * @throws {UserError} there is no such run or rollout, or they cannot be read
 */
export async function runs(
  file: string,
  id: string | undefined,
  { json = false, rollout }: RunsOptions,
): Promise<void> {
  const endpoint = otherEndpoint(process.env);
  const where = endpoint !== undefined && { endpoint };
  await orJsonError(json, { endpoint }, async () => {
    const fleet = await deployedFleet(file);
    const store = openStore(fleet, awsSession(stsRegions(fleet), caller));
    try {
      const found = await runsIn(store, id, rollout);
      if (!json) {
        process.stdout.write(id === undefined ? runsReport(found, endpoint) : found.map(runReport).join(""));
      } else if (id === undefined) {
        printJson(
          found.map(({ stacks, stages: _, ...run }) => ({ ...run, stacks: countsOf(stacks), ...where })),
        );
      } else printJson({ ...found[0], ...where });
    } finally {
      store.close();
    }
  });
}

async function runsIn(
  store: FleetStore,
  id: string | undefined,
  rollout: string | undefined,
): Promise<readonly ShownRun[]> {
  const found = await read(store, async () => {
    if (id !== undefined) return [await store.run(id)].flatMap((run) => run ?? []);
    return rollout === undefined ? store.runs(listed) : [...(await store.runsOf({ id: rollout }))].reverse();
  });
  if (found.length === 0 && id !== undefined) throw await noRun(store, `run ${id}`, (run) => [run.id], id);
  if (found.length === 0 && rollout !== undefined)
    throw await noRun(
      store,
      `rollout ${rollout}`,
      (run) => run.rollout?.id ?? [],
      rollout,
      (place) => `no build of it has deployed anything yet, or its id is another one; ${place}`,
    );
  return found.map((run) => ({ ...run, status: runStatus(run) }));
}

/** @param idsOf the ids of a run that may have been meant */
async function noRun(
  store: FleetStore,
  what: string,
  idsOf: (run: RunRecord) => readonly string[] | string,
  wanted: string,
  why: (place: string) => string = (place) => place,
): Promise<UserError> {
  const last = await read(store, () => store.runs(listed));
  const ids = [...new Set(last.flatMap(idsOf))];
  // An id that is nothing like it is another's: to be told to write that helps nobody.
  const near = nearest(wanted, ids);
  const none = ids.length === 0 ? "; none of them is part of a rollout" : "";
  return new UserError(
    `there is no ${what}`,
    why(`runs are kept in ${store.place}`),
    last.length === 0
      ? "nothing was deployed by `meridian deploy` yet"
      : near !== undefined
        ? `write "${near}"`
        : `npx meridian runs lists the last runs${none}`,
  );
}

async function read<T>(store: FleetStore, reading: () => Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `the runs in ${store.place} cannot be read: ${reason(error)}`,
      "each deploy keeps its record there",
      "make sure that the place is there and can be read; before the first deploy it may not be",
    );
  }
}
