import { fingerprintOutput } from "../../fleet/names";
import type { FleetStack } from "../../fleet/stacks";
import { sortBy } from "../../fleet/values";
import type { FleetStore, RunRecord } from "../store/model";
import { currentRelease } from "../store/releases";

/** Runs that are looked through for those that came to no end. */
const runsLookedAt = 20;

/** The same where builds deploy: more of them than deploy the waves of an execution or two. */
const buildsLookedAt = 250;

/** What is deployed, and not among the releases. */
export interface UnkeptRelease {
  readonly stack: FleetStack;
  readonly fingerprint: string;
  /** The run that deployed it. */
  readonly run: RunRecord;
}

/**
 * Stacks that a run has deployed and of which it was killed before it kept the release. Without it they could be rolled back
 * to an older one only.
 *
 * @param unchanged stacks that are as their JSON says
 * @param ofRollout runs of a rollout that this one is a part of, which are looked through besides the last ones: another
 * rollout may have been killed as well @default the run is all of its rollout
 */
export async function unkeptReleases(
  store: FleetStore,
  unchanged: readonly FleetStack[],
  ofRollout?: readonly RunRecord[],
): Promise<readonly UnkeptRelease[]> {
  if (unchanged.length === 0) return [];
  const last = await store.runs(ofRollout ? buildsLookedAt : runsLookedAt);
  const all = [...new Map([...last, ...(ofRollout ?? [])].map((run) => [run.id, run])).values()];
  const unfinished = sortBy(all, ({ id, started }) => `${started} ${id}`).filter(
    ({ outcome }) => outcome === undefined,
  );
  const found: UnkeptRelease[] = [];
  for (const stack of unchanged) {
    const run = unfinished.findLast(({ stacks }) => stacks[stack.name]?.state === "applying");
    if (!run) continue;
    const place = { stack: stack.name, account: stack.account };
    const state = await store.state(place);
    const fingerprint = state?.outputs[fingerprintOutput]?.value;
    if (typeof fingerprint !== "string" || currentRelease(state, await store.releases(place))) continue;
    found.push({ stack, fingerprint, run });
  }
  return found;
}
