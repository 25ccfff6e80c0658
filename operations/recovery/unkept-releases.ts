import { fingerprintOutput } from "../../fleet/names";
import type { FleetStack } from "../../fleet/stacks";
import type { FleetStore, RunRecord } from "../store/model";
import { currentRelease } from "../store/releases";

/** Runs that are looked through for those that came to no end. */
const runsLookedAt = 20;

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
 * @param runs that may have been killed @default the last ones
 */
export async function unkeptReleases(
  store: FleetStore,
  unchanged: readonly FleetStack[],
  runs?: readonly RunRecord[],
): Promise<readonly UnkeptRelease[]> {
  if (unchanged.length === 0) return [];
  const all = runs ?? (await store.runs(runsLookedAt));
  const unfinished = all.filter(({ outcome }) => outcome === undefined);
  const found: UnkeptRelease[] = [];
  for (const stack of unchanged) {
    const run = unfinished.find(({ stacks }) => stacks[stack.name]?.state === "applying");
    if (!run) continue;
    const place = { stack: stack.name, account: stack.account };
    const state = await store.state(place);
    const fingerprint = state?.outputs[fingerprintOutput]?.value;
    if (typeof fingerprint !== "string" || currentRelease(state, await store.releases(place))) continue;
    found.push({ stack, fingerprint, run });
  }
  return found;
}
