import type { Fleet } from "../../fleet/model";
import { wavesOf } from "../../fleet/rollout";
import type { FleetStack } from "../../fleet/stacks";
import { findOrphans } from "../../operations/plan/orphans";
import { type Orphan, startPicture } from "../../operations/plan/picture";
import type { Picture } from "../../operations/plan/picture-schema";
import { type FleetPlan, type PlanFleetOptions, planFleet } from "../../operations/plan/plan-fleet";
import { trackStacks } from "../output/progress";
import { type FleetWork, say } from "./fleet-work";
import { recoveryOf } from "./recovery";

/** The plans of a fleet, and the picture of them. */
export interface PlannedFleet {
  readonly plan: FleetPlan;
  readonly picture: Picture;
  /** How the plans were made. */
  readonly planning: PlanFleetOptions;
}

/** How a fleet is planned. */
export interface FleetPlanOptions {
  /** Ask Terraform about stacks that have not changed, too. @default false */
  readonly all?: boolean;
  /** @default what the JSON asks for */
  readonly mode?: PlanFleetOptions["mode"];
  /** Release locks whose holders are provably gone. @default false */
  readonly releaseLocks?: boolean;
  /** Folder for the plans. @default a folder that is gone in the end */
  readonly plans?: string;
}

/** Plans the selected stacks, showing on standard error how far it is. */
export async function planWork(work: FleetWork, options: FleetPlanOptions = {}): Promise<PlannedFleet> {
  const { fleet, parallelism, selected, store } = work;
  const { orphans, unreadable } = await findOrphans(fleet, store);
  for (const { where, why } of unreadable) say(`note: what lies in ${where} could not be read: ${why}`);
  const picture = startPicture(fleet, { allAtOnce: reachesAllAtOnce(fleet) });
  const started = Date.now();
  say(`Planning ${selected.length} stacks, up to ${parallelism} at a time:`);
  const tracker = trackStacks(
    selected.map(({ name }) => name),
    process.stderr,
  );
  const planning: PlanFleetOptions = {
    ...planningOf(work, options, orphans),
    onPlan: (stack, plan, predicted) => picture.add(stack, plan, { predicted }),
    onProgress: ({ name }, state, toChange) => tracker.update(name, { state, toChange }),
  };
  const plan = await planFleet(planning).finally(tracker.close);
  say(`That took ${Math.round((Date.now() - started) / 1000)} s.`);
  const finished = picture.finish({
    unchanged: plan.unchanged.map(({ name }) => name),
    orphans,
    failed: [...plan.failed.values()].map(({ stack, why }) => ({ stack: stack.name, why })),
  });
  return { plan, picture: finished, planning };
}

/**
 * How the stacks of a command are planned, without anyone who is told.
 *
 * @param orphans what these own is no obstacle: the picture says that it is theirs
 */
export function planningOf(
  work: FleetWork,
  { all = false, mode, plans = work.plans, releaseLocks = false }: FleetPlanOptions,
  orphans: readonly Orphan[] = [],
): PlanFleetOptions {
  const { interrupts, outdir, parallelism, selected, store, terraform } = work;
  return {
    ...{ stacks: selected, outdir, plans, store, parallelism, all, mode, terraform },
    ...recoveryOf(work, { releaseLocks, orphans: new Set(orphans.map(({ stack }) => stack)) }),
    onPlan: () => {},
    onProgress: () => {},
    stop: interrupts.stop,
  };
}

/** Whether a change of a stack reaches all of its stage's viewers at once. */
function reachesAllAtOnce(fleet: Fleet): (stack: FleetStack) => boolean {
  const whole = new Map(
    fleet.stages.map(({ name, rollout }) => {
      const cells = fleet.cells.filter(({ stage }) => stage === name);
      const isOneWave = wavesOf(cells, rollout).length <= 1;
      return [name, { isOneWave, hasMany: cells.length > 1, isParallel: rollout.regions === "parallel" }];
    }),
  );
  const regions = new Map(fleet.cells.map(({ name, targets }) => [name, targets.length]));
  return ({ cell = "", stage = "" }) => {
    const found = whole.get(stage);
    if (!found?.isOneWave) return false;
    return found.hasMany || (found.isParallel && (regions.get(cell) ?? 0) > 1);
  };
}
