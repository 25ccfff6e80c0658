import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FleetStack } from "../../fleet/stacks";
import { discardPlan } from "../plan/plan-files";
import type { FleetPlan, PlanFleetOptions } from "../plan/plan-fleet";
import { type PlannedStack, planNow } from "../plan/plan-stack";
import { differences } from "../plan/prediction";
import { readStackText, stackFolder } from "../plan/stack-json";
import { parsePlan } from "../plan/terraform-plan";
import type { Unprotect } from "../rollout/lift-protection";
import { planAgain } from "../rollout/plan-again";
import { counter } from "../rollout/stack-actions";
import type { FleetStore, StackPlace } from "../store/model";
import { applyPlan, initStack, planStack, showPlan, type TerraformContext } from "../terraform/terraform";
import { withEmptying } from "./data";
import { type DeployedFronts, readFronts } from "./deployed-fronts";
import type { OrphanStack } from "./orphan-stacks";
import type { RemovalActions } from "./take-away";

/** What taking away works with. */
export interface RemovalContext {
  readonly orphans: readonly OrphanStack[];
  readonly plan: FleetPlan;
  /** How the plans were made. */
  readonly planning: PlanFleetOptions;
  readonly store: FleetStore;
  readonly unprotect: Unprotect;
  /** Why functions may still use what an orphan holds; undefined where none do. */
  readonly mayUse: (stack: FleetStack) => string | undefined;
  /** All that may have a distribution, but for the orphans that are taken away. */
  readonly fronts: readonly StackPlace[];
  /** Told how many things of a stack are destroyed so far. */
  readonly onCount: (stack: FleetStack, destroyed: number) => void;
}

/** Takes orphans away with Terraform and the store. */
export function removalActions(context: RemovalContext): RemovalActions {
  const { fronts, orphans, plan, store } = context;
  const byName = new Map(orphans.map((orphan) => [orphan.stack.name, orphan]));
  // Read once the fronts have been deployed.
  let deployed: Promise<DeployedFronts> | undefined;
  return {
    async isUsed(stack) {
      const { name } = stack;
      const why = context.mayUse(stack);
      if (why !== undefined) return why;
      deployed ??= readFronts(store, fronts);
      return (await deployed).uses(byName.get(name)?.hosts ?? []);
    },
    async destroy({ name }) {
      const planned = plan.planned.get(name);
      const orphan = byName.get(name);
      if (!orphan) throw new Error(`${name} was not planned`);
      if (planned) await destroyReviewed(context, planned, orphan);
      else await forgetLost(context, orphan);
    },
    removeState: ({ account, name }) => store.removeState({ stack: name, account }),
  };
}

/** Destroys what was reviewed. What is not empty is told first that it may be deleted. */
async function destroyReviewed(
  { onCount, planning, unprotect }: RemovalContext,
  planned: PlannedStack,
  { data }: OrphanStack,
): Promise<void> {
  const { actions, asRole, file, stack } = planned;
  const folder = stackFolder(planning.outdir, stack.name);
  const terraform = planning.terraform(stack, folder);
  await initStack(terraform);
  let toApply = file;
  const emptied = withEmptying(await readStackText(planning.outdir, stack.name), data);
  if (emptied) {
    await writeFile(join(folder, "cdk.tf.json"), emptied.text);
    await letEmpty(terraform, join(planning.plans, `${stack.name}.empty.tfplan`), emptied.addresses);
    await discardPlan(file);
    // The state is another one by now, so the plan that was reviewed is stale.
    const now = await planNow(planning, stack);
    if (now === "unchanged") return;
    const other = differences(actions, now.actions);
    if (other.length > 0) throw new Error(["it would destroy otherwise than reviewed:", ...other].join("\n"));
    toApply = now.file;
  } else if (asRole !== undefined) {
    const now = await planAgain(planning, planned, { hasBegun: false });
    if (now === undefined) return;
    toApply = now.file;
  }
  if (toApply === undefined) throw new Error(`${stack.name} was not planned`);
  await unprotect(stack.account, data);
  await applyPlan(
    terraform,
    toApply,
    counter((destroyed) => onCount(stack, destroyed)),
  );
  for (const spent of [toApply, file]) await discardPlan(spent);
}

/** Writes into the state that nothing is there any more: all of it was deleted outside of Terraform. */
async function forgetLost({ planning }: RemovalContext, { stack }: OrphanStack): Promise<void> {
  const terraform = planning.terraform(stack, stackFolder(planning.outdir, stack.name));
  const file = join(planning.plans, `${stack.name}.tfplan`);
  await initStack(terraform);
  if (await planStack(terraform, file, { mode: "-refresh-only" })) await applyPlan(terraform, file);
  await discardPlan(file);
}

/** Writes into the state of these alone that they may be deleted though they are not empty. Nothing in AWS changes. */
async function letEmpty(
  terraform: TerraformContext,
  file: string,
  addresses: readonly string[],
): Promise<void> {
  if (!(await planStack(terraform, file, { only: addresses }))) return;
  const { resource_changes = [] } = parsePlan(await showPlan(terraform, file));
  const others = resource_changes.filter(
    ({ change, mode }) => mode === "managed" && !/^(no-op|update)$/.test(change.actions.join("-")),
  );
  if (others.length > 0) {
    throw new Error(
      `letting ${addresses.join(", ")} be emptied would also change ${others.map(({ address }) => address).join(", ")}`,
    );
  }
  await applyPlan(terraform, file);
  await discardPlan(file);
}
