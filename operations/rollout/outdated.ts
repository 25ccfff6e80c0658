import type { FleetStack } from "../../fleet/stacks";
import { isDeployed } from "../plan/plan-fleet";
import { readStackText, stackFacts } from "../plan/stack-json";
import type { FleetStore } from "../store/model";
import { atOnce } from "../terraform/at-once";

/** Where is read what stacks should be, and are. */
export interface OutdatedOptions {
  /** Output folder of a synth. */
  readonly outdir: string;
  readonly store: Pick<FleetStore, "state">;
}

/** How many states and JSON files are read at once. */
const readsAtOnce = 64;

/**
 * The stacks that are deployed, and not as their JSON says. One whose state cannot be read is among them: nobody knows what
 * its functions are.
 */
export async function outdatedOf(
  stacks: readonly FleetStack[],
  { outdir, store }: OutdatedOptions,
): Promise<readonly FleetStack[]> {
  const limit = atOnce(readsAtOnce);
  const isOutdated = async ({ account, name }: FleetStack) => {
    try {
      const state = await store.state({ stack: name, account });
      return state !== undefined && !isDeployed(state, stackFacts(await readStackText(outdir, name)));
    } catch {
      return true;
    }
  };
  const outdated = await Promise.all(stacks.map((stack) => limit(() => isOutdated(stack))));
  return stacks.filter((_, index) => outdated[index]);
}
