import { UserError } from "../../fleet/errors";
import type { FleetStack } from "../../fleet/stacks";
import { listed, suggest } from "../../fleet/wording";
import type { FleetStore, Release, RunRecord } from "../store/model";
import { mapFew } from "../store/objects";
import { currentRelease } from "../store/releases";

/**
 * The release to go back to: the newest one that is not to be undone, and that answered as it should as far as is known.
 *
 * @param releases newest first
 */
export function releaseToGoBackTo(
  releases: readonly Release[],
  isUndone: (release: Release) => boolean,
): Release | undefined {
  return releases.find((release) => release.verification !== "failed" && !isUndone(release));
}

/** A stack, and the release that it goes back to. */
export interface WayBack {
  readonly stack: FleetStack;
  /** Undefined where what it has is no release, because a deploy failed half-way or was not Meridian's. */
  readonly from?: Release;
  readonly to: Release;
}

/** What a rollback does, and what it leaves alone. */
export interface WaysBack {
  readonly ways: readonly WayBack[];
  /** Stacks that have what they would go back to already. */
  readonly stay: readonly FleetStack[];
  /** Stacks that did not exist then. */
  readonly without: readonly FleetStack[];
  /** Data that would be another: going back never changes it. */
  readonly data: readonly FleetStack[];
}

interface StackHistory {
  readonly stack: FleetStack;
  readonly current: Release | undefined;
  /** Newest first. */
  readonly releases: readonly Release[];
}

/**
 * To which releases stacks go back. Without `to`: to those that they had before the last deploy of any of them, which is
 * undone as a whole, with the runs that it went on with. With `to`: to those that they had when that release was deployed.
 *
 * Data never goes back: what was written since would be lost with a table that an earlier release does not have, and what
 * a later one has more is in nobody's way.
 *
 * @param to id of a release of one of the stacks
 * @throws {UserError} there is no such release, or none to go back to
 */
export async function waysBack(
  store: FleetStore,
  stacks: readonly FleetStack[],
  to: string | undefined,
): Promise<WaysBack> {
  const histories = await mapFew(stacks, async (stack): Promise<StackHistory> => {
    const place = { stack: stack.name, account: stack.account };
    const [state, releases] = await Promise.all([store.state(place), store.releases(place)]);
    return { stack, releases, current: currentRelease(state, releases) };
  });
  const { failed, isUndone } =
    to === undefined
      ? await lastDeploy(store, histories)
      : { failed: new Set(), isUndone: since(histories, to) };
  const ways: WayBack[] = [];
  const stay: FleetStack[] = [];
  const without: FleetStack[] = [];
  const data: FleetStack[] = [];
  for (const { current, releases, stack } of histories) {
    const found = releaseToGoBackTo(releases, isUndone);
    if (stack.kind === "data") {
      if (releases.length > 0 && found?.fingerprint !== current?.fingerprint) data.push(stack);
    } else if (!found) without.push(stack);
    else if (found.fingerprint === current?.fingerprint && !failed.has(stack.name)) stay.push(stack);
    else ways.push({ stack, from: current, to: found });
  }
  if (ways.length === 0 && stay.length > 0 && data.length > 0) throw onlyData(data);
  const others = stacks.filter(({ kind }) => kind !== "data");
  if (ways.length === 0) throw nothingToGoBackTo(others, without.length === others.length, to);
  return { ways, stay, without, data };
}

/** Runs that went on with one another, at most. */
const longestChain = 100;

/** What the last deploy did, with all runs that it went on with, and those that were parts of the same rollout. */
async function lastDeploy(store: FleetStore, histories: readonly StackHistory[]) {
  const newest = histories.flatMap(({ releases }) => releases.slice(0, 1));
  const last = [...newest].sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  const runs = new Map<string, RunRecord | undefined>();
  for (let id = last?.run; id !== undefined && runs.size < longestChain && !runs.has(id); ) {
    const run: RunRecord | undefined = await store.run(id);
    runs.set(id, run);
    id = run?.resumes;
  }
  const rollouts = new Set([...runs.values()].flatMap((run) => run?.rollout?.id ?? []));
  for (const rollout of rollouts)
    for (const run of await store.runsOf({ id: rollout })) runs.set(run.id, run);
  const failed = new Set<string>();
  for (const run of runs.values()) {
    for (const [name, { state }] of Object.entries(run?.stacks ?? {}))
      if (state === "failed" || state === "applying") failed.add(name);
  }
  return {
    failed,
    isUndone: (release: Release) => release === last || (release.run !== undefined && runs.has(release.run)),
  };
}

/** Whether a release is newer than the one with an id; that one itself counts as good, whatever it answered. */
function since(histories: readonly StackHistory[], id: string): (release: Release) => boolean {
  const all = histories.flatMap(({ releases }) => releases);
  const wanted = all.find((release) => release.id === id);
  if (!wanted) {
    throw new UserError(
      `none of the stacks has a release ${id}`,
      "a stack goes back to what it had when that release was deployed",
      all.length > 0
        ? suggest(id, [...new Set(all.map((release) => release.id))])
        : "npx meridian releases <cell> lists them",
    );
  }
  if (wanted.verification === "failed") {
    throw new UserError(
      `the release ${id} did not answer as it should when it was deployed`,
      "going back to it would bring back what was taken away",
      "choose another one: npx meridian releases <cell>",
    );
  }
  return ({ at }) => at > wanted.at;
}

function onlyData(data: readonly FleetStack[]): UserError {
  const names = listed(data.map(({ name }) => name));
  return new UserError(
    `nothing but data has changed since then: ${names}`,
    "a rollback changes no data, for what was written since could be lost with it",
    "write into the fleet file what the tables are to be, and deploy it",
  );
}

function nothingToGoBackTo(stacks: readonly FleetStack[], isNew: boolean, to: string | undefined): UserError {
  const names = listed([...new Set(stacks.flatMap(({ cell }) => cell ?? []))]);
  if (isNew) {
    return new UserError(
      `there is no earlier release of ${names}`,
      "a cell goes back to what it was deployed with before",
      "deploy a fleet file that says what you want; npx meridian releases <cell> lists what there is",
    );
  }
  return new UserError(
    to === undefined ? `${names} is as it was before its last deploy` : `${names} has what it had with ${to}`,
    "nothing would change",
    "name another release with --to: npx meridian releases <cell>",
  );
}
