import { projectRoot } from "../../fleet/project";
import type { FleetStack } from "../../fleet/stacks";
import type { PlanFleetOptions } from "../../operations/plan/plan-fleet";
import { buildStates, ownBuild } from "../../operations/recovery/build-states";
import { findMade } from "../../operations/recovery/find-made";
import { buildsToAsk, judgeLock } from "../../operations/recovery/judge-lock";
import { plannedOf } from "../../operations/recovery/planned";
import { isRunning, processesOf, runningTerraforms, thisHost } from "../../operations/recovery/processes";
import type { RunRecord } from "../../operations/store/model";
import { type FleetWork, say } from "./fleet-work";

/** Runs that are looked through for the one that holds a lock: more than builds deploy a wave side by side, twice. */
const runsLookedAt = 250;

/** What a plan has to know of deploys that were killed: what they made, and the locks that they left. */
export function recoveryOf(
  { fleet, session, store }: Pick<FleetWork, "fleet" | "session" | "store">,
  options: {
    /** Whether locks whose holders are provably gone are released. */
    readonly releaseLocks: boolean;
    /** Stacks that exist and are not in the fleet file: what they own is theirs, and said elsewhere. */
    readonly orphans: ReadonlySet<string>;
  },
): Pick<PlanFleetOptions, "findMade" | "isLocked" | "lockOf"> {
  let runs: Promise<readonly RunRecord[]> | undefined;
  const lockOf = async (stack: FleetStack): Promise<string | undefined> => {
    const place = { stack: stack.name, account: stack.account };
    // The note beside local state says nothing: its lock is the operating system's, and ends with its process.
    const lock = fleet.state.backend === "local" ? undefined : await store.lock(place);
    if (!lock) return undefined;
    runs ??= store.runs(runsLookedAt);
    const met = { stack: stack.name, lock, runs: await runs, build: ownBuild(session.environment) };
    const states = await buildStates(buildsToAsk(met), session);
    const { explanation, kind } = judgeLock({
      ...{ ...met, here: thisHost(), isRunning },
      processesOf: (run) => processesOf(projectRoot, run),
      terraforms: runningTerraforms(),
      buildState: (build) => states.get(build),
    });
    if (kind !== "gone") return explanation;
    if (!options.releaseLocks) return `${explanation} Deploy with --release-locks to release it.`;
    await store.removeLock(place, lock.id);
    say(`Released a lock. ${explanation}`);
    return undefined;
  };
  const isLocked = async ({ account, name }: FleetStack): Promise<boolean> =>
    fleet.state.backend !== "local" && (await store.lock({ stack: name, account })) !== undefined;
  return {
    lockOf,
    isLocked: options.releaseLocks ? isLocked : undefined,
    async findMade(stack, plan) {
      const region = stack.regions[0] ?? "";
      const made = await findMade({ fleet: fleet.name, stack, planned: plannedOf(plan, region) }, session);
      const isOrphans = (tags: Readonly<Record<string, string>>) =>
        Object.values(tags).some((value) => options.orphans.has(value));
      return { take: made.take, conflicts: made.conflicts.filter(({ tags }) => !isOrphans(tags)) };
    },
  };
}
