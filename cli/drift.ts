import type { FleetStack } from "../fleet/stacks";
import { count } from "../fleet/wording";
import { type DriftPicture, startDrift } from "../operations/plan/drift";
import type { FailedStack } from "../operations/plan/picture-schema";
import { planFleet } from "../operations/plan/plan-fleet";
import type { FleetStore } from "../operations/store/model";
import { mapFew } from "../operations/store/objects";
import { reason } from "../operations/store/states";
import { driftReport } from "./output/drift-report";
import { printJson } from "./output/json";
import { trackStacks } from "./output/progress";
import { planningOf } from "./shared/fleet-plan";
import { type FleetWork, openWork, say, synthesizeFleet, type WorkOptions } from "./shared/fleet-work";
import { selectionOf } from "./shared/selection-options";

/** Options of `meridian drift`. */
export interface DriftOptions extends WorkOptions {
  readonly json?: boolean;
}

/**
 * `meridian drift`: what is no longer as deployed, because somebody changed it or took it away outside of Meridian.
 * Changes nothing.
 *
 * Exit status: 0, all is as deployed; 2, something is not; 1, something could not be asked about.
 */
export async function drift(file: string, options: DriftOptions): Promise<void> {
  const work = await openWork(file, options, selectionOf(options));
  try {
    await synthesizeFleet(file, work);
    const picture = await askForDrift(work);
    if (options.json) printJson(picture);
    else process.stdout.write(driftReport(picture));
    process.exitCode = exitStatus(picture);
  } finally {
    work.close();
  }
}

function exitStatus({ drifted, failed }: DriftPicture): number {
  if (failed.length > 0) return 1;
  return drifted.length > 0 ? 2 : 0;
}

async function askForDrift(work: FleetWork): Promise<DriftPicture> {
  const { fleet, selected, store } = work;
  const { deployed, failed: unreadable, notDeployed } = await byState(store, selected);
  const picture = startDrift(fleet);
  say(`Asking about ${count(deployed.length, "stack")}, up to ${work.parallelism} at a time:`);
  const tracker = trackStacks(
    deployed.map(({ name }) => name),
    process.stderr,
  );
  const { failed, unchanged } = await planFleet({
    ...planningOf(work, { mode: "-refresh-only" }),
    stacks: deployed,
    onPlan: (stack, plan) => void picture.add(stack, plan),
    onProgress: ({ name }, state) => tracker.update(name, { state: state === "planned" ? "done" : state }),
  }).finally(tracker.close);
  return picture.finish({
    asDeployed: unchanged.map(({ name }) => name),
    notDeployed: notDeployed.map(({ name }) => name),
    failed: [...unreadable, ...[...failed.values()].map(({ stack, why }) => ({ stack: stack.name, why }))],
  });
}

/** What has never been deployed cannot be otherwise than deployed. */
async function byState(store: FleetStore, stacks: readonly FleetStack[]) {
  const deployed: FleetStack[] = [];
  const notDeployed: FleetStack[] = [];
  const failed: FailedStack[] = [];
  await mapFew(stacks, async (stack) => {
    try {
      const state = await store.state({ stack: stack.name, account: stack.account });
      const isThere = state?.resources.some(({ mode }) => mode === "managed") ?? false;
      (isThere ? deployed : notDeployed).push(stack);
    } catch (error) {
      failed.push({ stack: stack.name, why: `its state cannot be read: ${reason(error)}` });
    }
  });
  return { failed, notDeployed, deployed: stacks.filter((stack) => deployed.includes(stack)) };
}
