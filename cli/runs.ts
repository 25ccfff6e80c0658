import { UserError } from "../fleet/errors";
import { suggest } from "../fleet/wording";
import { otherEndpoint } from "../operations/aws/endpoint";
import { awsSession, stsRegions } from "../operations/aws/role-credentials";
import { runStatus } from "../operations/recovery/run-status";
import type { FleetStore } from "../operations/store/model";
import { reason } from "../operations/store/states";
import { openStore } from "../operations/store/store";
import { orJsonError, printJson } from "./output/json";
import { countsOf, runReport, runsReport, type ShownRun } from "./output/runs-report";
import { caller } from "./shared/environment";
import { deployedFleet } from "./shared/fleet";

/** Options of `meridian runs`. */
export interface RunsOptions {
  readonly json?: boolean;
}

/** Runs that a list shows; the story of an older one can still be asked for. */
const listed = 20;

/**
 * `meridian runs`: the last deploys and rollbacks; with an id, what one of them was to do, and what became of it.
 *
 * @throws {UserError} there is no such run, or they cannot be read
 */
export async function runs(
  file: string,
  id: string | undefined,
  { json = false }: RunsOptions,
): Promise<void> {
  const endpoint = otherEndpoint(process.env);
  const where = endpoint !== undefined && { endpoint };
  await orJsonError(json, { endpoint }, async () => {
    const fleet = await deployedFleet(file);
    const store = openStore(fleet, awsSession(stsRegions(fleet), caller));
    try {
      const found = await runsIn(store, id);
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

async function runsIn(store: FleetStore, id: string | undefined): Promise<readonly ShownRun[]> {
  const found = await read(store, async () => {
    if (id === undefined) return store.runs(listed);
    return [await store.run(id)].flatMap((run) => run ?? []);
  });
  if (id !== undefined && found.length === 0) {
    const last = await read(store, () => store.runs(listed));
    throw new UserError(
      `there is no run ${id}`,
      `runs are kept in ${store.place}`,
      last.length === 0
        ? "nothing was deployed by `meridian deploy` yet"
        : suggest(
            id,
            last.map((run) => run.id),
          ),
    );
  }
  return found.map((run) => ({ ...run, status: runStatus(run) }));
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
