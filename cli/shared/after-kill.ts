import type { FleetStack } from "../../fleet/stacks";
import { describeError } from "../../operations/aws/errors";
import { stackFolder } from "../../operations/plan/stack-json";
import { unkeptReleases } from "../../operations/recovery/unkept-releases";
import type { RunRecord } from "../../operations/store/model";
import { mapFew } from "../../operations/store/objects";
import { provideLock } from "../../operations/terraform/provider-lock";
import type { PlannedFleet } from "./fleet-plan";
import { type FleetWork, say } from "./fleet-work";

/**
 * Keeps the releases of what was deployed by runs that were killed before they had kept them.
 *
 * @param ofRollout runs of the rollout, which are looked through besides the last ones
 */
export async function keepUnkept(
  { outdir, store, terraform }: FleetWork,
  unchanged: readonly FleetStack[],
  ofRollout?: readonly RunRecord[],
): Promise<void> {
  try {
    for (const { fingerprint, run, stack } of await unkeptReleases(store, unchanged, ofRollout)) {
      const about = { by: run.by, revision: run.revision, run: run.id, at: new Date().toISOString() };
      const place = { stack: stack.name, account: stack.account };
      const { folder, providerLock } = terraform(stack, stackFolder(outdir, stack.name));
      // Terraform has not run there: in an assembly, nobody has put it beside the stack.
      if (providerLock !== undefined) provideLock(folder, providerLock);
      const keepsProviderLock = providerLock !== undefined;
      await store.saveRelease(place, { ...about, fingerprint, folder: outdir, keepsProviderLock });
      say(`Kept the release of ${stack.name}, which the run ${run.id} had deployed when it was killed.`);
    }
  } catch (error) {
    say(`note: the releases of runs that were killed cannot be kept: ${describeError(error)}`);
  }
}

/**
 * Releases the locks of stacks that are as they should be: of runs that were killed between the last write of a state and the
 * end of Terraform. Those of the others are met when their turn comes.
 */
export async function releaseLeft({
  plan,
  planning: { lockOf },
}: Pick<PlannedFleet, "plan" | "planning">): Promise<void> {
  await mapFew(plan.unchanged, async (stack) => {
    try {
      const why = await lockOf?.(stack);
      if (why !== undefined) say(`note: ${why}`);
    } catch (error) {
      say(`note: whether the state of ${stack.name} is locked cannot be told: ${describeError(error)}`);
    }
  });
}
