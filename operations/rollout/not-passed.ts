import type { FleetStack } from "../../fleet/stacks";
import type { FleetStore } from "../store/model";
import { mapFew } from "../store/objects";
import { currentRelease } from "../store/releases";

/** Releases that are looked through: first the newest, which is nearly always the one that a stack has, and then these. */
const releasesLookedAt = 50;

/**
 * Which of some stacks have a release that is not known to answer as it should: another rollout deployed it, and it answered
 * wrongly, or was never asked. A rollout that finds nothing to change in them would pass them by, and go on with what failed.
 *
 * One of which nothing can be read is left out: whatever nothing is to be done to holds up no others.
 *
 * @returns their names
 */
export async function notPassed(
  store: Pick<FleetStore, "releases" | "state">,
  stacks: readonly FleetStack[],
): Promise<ReadonlySet<string>> {
  const isPassed = async ({ account, name }: FleetStack): Promise<boolean> => {
    const place = { stack: name, account };
    const state = await store.state(place);
    for (const most of [1, releasesLookedAt]) {
      const release = currentRelease(state, await store.releases(place, most));
      if (release) return release.verification === "passed";
    }
    return false;
  };
  const found = await mapFew(stacks, async (stack) =>
    (await isPassed(stack).catch(() => true)) ? [] : [stack.name],
  );
  return new Set(found.flat());
}
