import { UserError } from "../../fleet/errors";
import type { Fleet } from "../../fleet/model";
import { sortBy } from "../../fleet/values";
import type { AwsSession } from "../aws/role-credentials";
import { type Backing, localBacking } from "./backing";
import type { FleetStore, RunRecord, StackPlace, StackState, StateLock } from "./model";
import { mapFew } from "./objects";
import { markRelease, readReleases, releaseJson, restoreRelease, saveRelease } from "./releases";
import { indexRun, readFailedCells, readFailure, removeFailure, runsIn, writeFailure } from "./rollouts";
import { s3Backing } from "./s3-backing";
import { hasResources, parseLock, parseState } from "./state-file";
import { findStates, stateKey } from "./states";

/** How a store is opened. */
export interface StoreOptions {
  /**
   * Name of the role, in the account that owns the bucket, that keeps runs and rollouts.
   *
   * @default the deploy role of that account
   */
  readonly recordRole?: string;
}

/**
 * What lies beside the stacks of a fleet. Asks for nothing before it is used; `close` it in the end.
 *
 * @throws {UserError} there is no account whose role could keep the runs
 */
export function openStore(fleet: Fleet, session: AwsSession, { recordRole }: StoreOptions = {}): FleetStore {
  const { state } = fleet;
  if (recordRole !== undefined && !fleet.stateBucket) throw noRecordAccount(recordRole);
  const backing =
    state.backend === "local"
      ? localBacking(session.environment.CDKTF_OUTPUT)
      : s3Backing(fleet, state, session, recordRole);
  return storeOn(fleet, backing);
}

function noRecordAccount(role: string): UserError {
  return new UserError(
    `there is no account to assume the role ${role} in`,
    "runs are kept by a role of the account that owns the state's bucket, and the fleet file names no such account",
    "let Meridian make the bucket (state.account), or leave out --record-role",
  );
}

/** Outputs of a stack, by name. */
export type StackOutputs = Readonly<Record<string, unknown>>;

/**
 * The outputs of one stack; undefined where it has no state.
 *
 * @throws what reading the state throws
 */
export async function readOutputs(
  fleet: Fleet,
  place: StackPlace,
  session: AwsSession,
): Promise<StackOutputs | undefined> {
  const store = openStore(fleet, session);
  try {
    const state = await store.state(place);
    return state && outputsOf(state);
  } finally {
    store.close();
  }
}

/** What a state holds for others, by name. */
export function outputsOf({ outputs }: StackState): StackOutputs {
  return Object.fromEntries(Object.entries(outputs).map(([output, { value }]) => [output, value]));
}

const runFolder = "runs/";
const runKey = (id: string) => `${runFolder}${id}.json`;

/** A store on whatever it lies on. */
export function storeOn(fleet: Fleet, backing: Backing): FleetStore {
  const { objectsOf, place, runs } = backing;
  const blobs = new Map<string, Set<string>>();
  const blobsAt = (part: string) => {
    const known = blobs.get(part) ?? new Set();
    blobs.set(part, known);
    return known;
  };
  const indexed = new Set<string>();
  const readRun = async (id: string) => {
    const found = await runs.read(runKey(id));
    return found && (JSON.parse(found.bytes.toString("utf8")) as RunRecord);
  };
  return {
    place,
    state: async (at) => (await readState(backing, at))?.state,
    states: () => findStates(fleet, backing),
    async removeState(at) {
      const found = await readState(backing, at);
      if (found?.state && hasResources(found.state)) {
        throw new UserError(
          `the state of ${at.stack} holds resources`,
          "without it nobody knows of them any more",
          "destroy them first",
        );
      }
      const objects = objectsOf(at.account);
      const isGone = await objects.remove(stateKey(at.stack), found?.tag);
      if (!isGone) {
        throw new UserError(
          `the state of ${at.stack} changed meanwhile`,
          "what was just written to it may be the only trace of what exists",
          "see who else deploys it, and try again",
        );
      }
      // Terraform's own copy of the one before, with local state.
      await objects.remove(`${stateKey(at.stack)}.backup`);
    },
    lock: async (at) => (await readLock(backing, at))?.lock,
    removeLock: (at, id) => removeLock(backing, at, id),
    async saveRelease(at, release) {
      const objects = objectsOf(at.account);
      return saveRelease(objects, at, release, blobsAt(objects.place));
    },
    markRelease: (at, id, verification) => markRelease(objectsOf(at.account), at.stack, id, verification),
    releases: (at, most = Number.POSITIVE_INFINITY) => readReleases(objectsOf(at.account), at.stack, most),
    releaseJson: (at, release) => releaseJson(objectsOf(at.account), release),
    restore: (at, release, folder) => restoreRelease(objectsOf(at.account), release, folder),
    saveRun: inOrder(async (run) => {
      // First, so that whoever looks for the runs of a rollout misses none that has begun.
      if (run.rollout && !indexed.has(run.id)) {
        await indexRun(runs, run.id, run.rollout);
        indexed.add(run.id);
      }
      await runs.write(runKey(run.id), Buffer.from(`${JSON.stringify(run)}\n`));
    }),
    run: readRun,
    async runs(most = Number.POSITIVE_INFINITY) {
      const { names } = await runs.list(runFolder);
      const ids = names.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : []));
      const found = await mapFew(ids.sort().reverse().slice(0, most), readRun);
      return found.flatMap((run) => run ?? []);
    },
    async runsOf(part) {
      const found = (await mapFew(await runsIn(runs, part), readRun)).flatMap((run) => run ?? []);
      // Ids tell seconds apart, and builds begin side by side.
      return sortBy(found, ({ id, started }) => `${started} ${id}`);
    },
    noteFailure: (wave, failure) => writeFailure(runs, wave, failure),
    forgetFailure: (wave, cell) => removeFailure(runs, wave, cell),
    failedCells: (wave) => readFailedCells(runs, wave),
    failure: (wave, cell) => readFailure(runs, wave, cell),
    close: backing.close,
  };
}

async function readState({ objectsOf }: Backing, { account, stack }: StackPlace) {
  const objects = objectsOf(account);
  const found = await objects.read(stateKey(stack));
  if (!found) return undefined;
  const where = `${objects.place}/${stateKey(stack)}`;
  return { state: parseState(found.bytes.toString("utf8"), where), tag: found.tag };
}

async function readLock(
  { lockKey, objectsOf }: Backing,
  { account, stack }: StackPlace,
): Promise<{ readonly lock: StateLock; readonly tag: string } | undefined> {
  const objects = objectsOf(account);
  const found = await objects.read(lockKey(stack));
  const lock = found && parseLock(found.bytes.toString("utf8"), `${objects.place}/${lockKey(stack)}`);
  return lock && { lock, tag: found.tag };
}

async function removeLock(backing: Backing, at: StackPlace, id: string): Promise<void> {
  const found = await readLock(backing, at);
  if (!found) return;
  const isGone =
    found.lock.id === id &&
    (await backing.objectsOf(at.account).remove(backing.lockKey(at.stack), found.tag));
  if (isGone) return;
  throw new UserError(
    `the lock ${id} of ${at.stack} is not there any more: somebody else holds one by now`,
    "two deploys of one stack at once would destroy its state",
    "wait until the other one ends, and try again",
  );
}

/** Writes records of one run in the order that they come. While one is being written, only the last that comes waits. */
function inOrder(write: (run: RunRecord) => Promise<void>): (run: RunRecord) => Promise<void> {
  const waiting = new Map<string, { run: RunRecord; readonly written: Promise<void> }>();
  const last = new Map<string, Promise<void>>();
  return (run) => {
    const { id } = run;
    const next = waiting.get(id);
    if (next) {
      next.run = run;
      return next.written;
    }
    const writeLatest = () => {
      const latest = waiting.get(id)?.run ?? run;
      waiting.delete(id);
      return write(latest);
    };
    // A record that could not be written keeps no later one back.
    const written = (last.get(id) ?? Promise.resolve()).then(writeLatest, writeLatest);
    waiting.set(id, { run, written });
    last.set(id, written);
    return written;
  };
}
