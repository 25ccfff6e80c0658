import type { Fleet } from "../../fleet/model";
import { wavesOf } from "../../fleet/rollout";
import { type FleetStack, foundationStacks } from "../../fleet/stacks";
import { count } from "../../fleet/wording";
import { type FoundOrphans, findOrphans } from "../../operations/plan/orphans";
import { type Orphan, startPicture } from "../../operations/plan/picture";
import type { Picture } from "../../operations/plan/picture-schema";
import {
  type FailedPlan,
  type FleetPlan,
  type PlanFleetOptions,
  planFleet,
} from "../../operations/plan/plan-fleet";
import { dataTypesOf } from "../../operations/plan/resource-types";
import { unplannedDataRisks } from "../../operations/plan/unplanned-data";
import { inLeavingAccounts, placeholder } from "../../operations/removal/orphan-stacks";
import { decidedEarly } from "../../operations/rollout/narrowing";
import { atOnce } from "../../operations/terraform/at-once";
import { trackStacks } from "../output/progress";
import { type FleetWork, say } from "./fleet-work";
import { recoveryOf } from "./recovery";
import type { Removal } from "./removal";

/** Orphans, and the plans to destroy them. */
export interface PlannedRemoval extends Removal {
  readonly plan: FleetPlan;
}

/** The plans of a fleet, and the picture of them. */
export interface PlannedFleet {
  readonly plan: FleetPlan;
  /** Absent where orphans are left as they are. */
  readonly removal?: PlannedRemoval;
  readonly picture: Picture;
  /** How the plans were made. */
  readonly planning: PlanFleetOptions;
  /** Of plans that were kept: see `LoadedPlans`. */
  readonly digest?: string;
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
  /** Orphans to take away. @default they are left as they are */
  readonly removal?: Removal;
  /** Whether to look for orphans, in the states of all accounts. @default true */
  readonly findsOrphans?: boolean;
}

const noOrphans: Pick<FoundOrphans, "orphans" | "unreadable"> = { orphans: [], unreadable: [] };

/** Plans the selected stacks, showing on standard error how far it is. */
export async function planWork(work: FleetWork, options: FleetPlanOptions = {}): Promise<PlannedFleet> {
  const { fleet, parallelism, selected, store } = work;
  const { findsOrphans = true, removal } = options;
  const { orphans, unreadable } =
    removal?.found ?? (findsOrphans ? await findOrphans(fleet, store) : noOrphans);
  for (const { where, why } of unreadable) say(`note: what lies in ${where} could not be read: ${why}`);
  const picture = startPicture(fleet, { allAtOnce: reachesAllAtOnce(fleet) });
  const started = Date.now();
  const all = [...selected, ...(removal?.orphans ?? []).map(({ stack }) => stack)];
  say(`Planning ${count(all.length, "stack")}, up to ${parallelism} at a time:`);
  const tracker = trackStacks(
    all.map(({ name }) => name),
    process.stderr,
  );
  const own = planningOf(work, options, orphans);
  const locked = new Map<string, string>();
  const planning: PlanFleetOptions = {
    ...own,
    // Such a plan is made again before it is applied. A lock that a build has left would hold it up, and nobody who plans so
    // may release it.
    ...(work.as && { lockOf: (stack) => passLock(stack, own.lockOf, locked) }),
    limiter: atOnce(parallelism),
    onPlan: (stack, plan, predicted) => picture.add(stack, plan, { predicted, note: locked.get(stack.name) }),
    onProgress: ({ name }, state, toChange) => tracker.update(name, { state, toChange }),
  };
  let plan: FleetPlan;
  let planned: PlannedRemoval | undefined;
  try {
    const [ofFleet, ofRemoval] = await Promise.all([
      planFleet(planning),
      removal && planRemoval(planning, removal),
    ]);
    plan = ofFleet;
    planned = removal && ofRemoval && { ...removal, plan: ofRemoval };
  } finally {
    tracker.close();
  }
  say(`That took ${Math.round((Date.now() - started) / 1000)} s.`);
  if (!removal) {
    noteLeaving(work, plan, orphans);
    noteClosing(work, plan, orphans);
  }
  noteEarly(work, plan, removal);
  const failed = [...plan.failed.values(), ...(planned?.plan.failed.values() ?? [])];
  const goes = new Set(removal?.orphans.map(({ stack }) => stack.name));
  const finished = picture.finish({
    unchanged: plan.unchanged.map(({ name }) => name),
    orphans: orphans.map((orphan) =>
      goes.has(orphan.stack)
        ? { ...orphan, why: "the fleet file has no such stack; it is taken away" }
        : orphan,
    ),
    failed: failed.map(({ stack, why }) => ({ stack: stack.name, why })),
    risks: unplannedDataRisks(plan),
  });
  return { plan, picture: finished, planning, removal: planned };
}

/** Writes down that a state is locked, and lets the plan of it go on: that takes no lock. */
async function passLock(
  stack: FleetStack,
  lockOf: PlanFleetOptions["lockOf"],
  locked: Map<string, string>,
): Promise<undefined> {
  const why = await lockOf?.(stack);
  if (why !== undefined)
    locked.set(stack.name, `its state is locked, and the deploy has to wait or release that: ${why}`);
}

/** How orphans are planned: as stacks of which nothing is to be left. */
export function removalPlanning(planning: PlanFleetOptions, { orphans, outdir }: Removal): PlanFleetOptions {
  const held = new Set(orphans.filter((one) => one.keepsProviderLock).map(({ stack }) => stack.name));
  return {
    ...planning,
    terraform: (stack, folder) => ({
      ...planning.terraform(stack, folder),
      released: { keepsProviderLock: held.has(stack.name) },
    }),
    ...{ stacks: orphans.map(({ stack }) => stack), outdir, mode: "-destroy", findMade: undefined },
  };
}

async function planRemoval(planning: PlanFleetOptions, removal: Removal): Promise<FleetPlan> {
  const plan = await planFleet(removalPlanning(planning, removal));
  const unusable = removal.unusable.map(({ orphan, why }): [string, FailedPlan] => [
    orphan.stack,
    { stack: placeholder(orphan), why },
  ]);
  return { ...plan, failed: new Map([...plan.failed, ...unusable]) };
}

/** Whoever takes an account out of the file should take away first what is still in it. */
function noteLeaving(work: FleetWork, { planned }: FleetPlan, orphans: readonly Orphan[]): void {
  const leaving = inLeavingAccounts(work, orphans);
  const foundation = [...planned.values()].filter(({ stack }) => stack.cell === undefined);
  if (leaving.length === 0 || foundation.length === 0) return;
  const names = leaving.map(({ stack }) => stack).join(", ");
  say(
    `note: ${names}: the fleet file does not have the account any more, and once ${foundation.map(({ stack }) => stack.name).join(", ")} ${foundation.length === 1 ? "is" : "are"} deployed, its role may reach neither the state nor what is left there; take it away first, with --remove`,
  );
}

/** A service control policy binds the deploy roles, too: in a region that the guardrail closes, they can destroy nothing. */
function noteClosing({ fleet }: FleetWork, { planned }: FleetPlan, orphans: readonly Orphan[]): void {
  const { organization } = foundationStacks;
  const uses = fleet.organization?.guardedUses;
  if (!uses || !planned.has(organization)) return;
  const closed = orphans.filter(({ account, regions }) => {
    const open = uses.get(account.name)?.regions;
    return open && regions.some((region) => !open.includes(region));
  });
  if (closed.length === 0) return;
  const names = closed.map(({ stack }) => stack).join(", ");
  say(
    `note: ${names}: once ${organization} is deployed, the guardrail closes ${closed.length === 1 ? "its region" : "their regions"}, and what is left there cannot be destroyed; take it away in the same deploy, with --remove`,
  );
}

/**
 * What decides about deploys goes first where a run adds something as well, and can then refuse what the run takes away. Not
 * said where an account leaves: all of the foundation waits for what is still in it.
 */
function noteEarly(work: FleetWork, { planned }: FleetPlan, removal: Removal | undefined): void {
  const gone = [...(removal?.orphans ?? []), ...(removal?.unusable ?? [])].map(({ orphan }) => orphan);
  if (inLeavingAccounts(work, gone).length > 0) return;
  const early = decidedEarly({
    planned: planned.values(),
    removed: (removal?.orphans ?? []).map(({ stack }) => stack),
  });
  if (!early) return;
  const { deciding, taking } = early;
  say(
    `note: ${deciding.join(", ")} ${deciding.length === 1 ? "is" : "are"} deployed first, because what this run adds may need that, and may take from deploy roles what they need to take away what goes in ${taking.join(", ")}; add in one deploy, and take away in the next`,
  );
}

/**
 * How the stacks of a command are planned, without anyone who is told.
 *
 * @param orphans what these own is no obstacle: the picture says that it is theirs
 */
export function planningOf(
  work: FleetWork,
  { all = false, mode, plans, releaseLocks = false }: FleetPlanOptions,
  orphans: readonly Orphan[] = [],
): PlanFleetOptions {
  const { interrupts, outdir, parallelism, selected, store, terraform } = work;
  return {
    ...{ stacks: selected, outdir, store, parallelism, all, mode, terraform },
    plans: plans ?? work.plans,
    // What another role has planned is planned again when it is deployed, and held against that.
    keepsJson: plans !== undefined && work.as !== undefined,
    dataTypes: dataTypesOf(work.fleet.extensions),
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
