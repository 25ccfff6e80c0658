import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Cell, Fleet, Rollout } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import type { AwsSession } from "../aws/role-credentials";
import { type FleetPlan, type PlanFleetOptions, type PlannedStack, planNow } from "../plan/plan-fleet";
import { differences } from "../plan/prediction";
import { stackFolder } from "../plan/stack-json";
import { runStatus } from "../recovery/run-status";
import type { FleetStore, Release, StackPlace } from "../store/model";
import { outputsOf } from "../store/store";
import { atOnce } from "../terraform/at-once";
import { applyPlan, initStack, planStack, type TerraformEvent } from "../terraform/terraform";
import type { RolloutActions } from "./roll-out";
import { verifyFront, verifyTarget } from "./verify";

/** What a deploy works with. */
export interface DeployContext {
  readonly fleet: Fleet;
  readonly plan: FleetPlan;
  /** How the plans were made, and those that could not be made yet are. */
  readonly planning: PlanFleetOptions;
  readonly store: FleetStore;
  readonly session: AwsSession;
  /** What is written into each release. */
  readonly about: { readonly by: string; readonly revision?: string; readonly run: string };
  /** Told how many things of a stack are changed so far. */
  readonly onCount: (stack: FleetStack, changed: number) => void;
  readonly stop?: AbortSignal;
}

/** What a rollout does with each stack, with Terraform and AWS. */
export function stackActions(context: DeployContext): Omit<RolloutActions, "pause"> {
  const { plan, planning } = context;
  const limit = atOnce(planning.parallelism);
  const current = new Map<string, Release>();
  const keep = async (stack: FleetStack, fingerprint: string, folder: string) => {
    const { store, about } = context;
    const at = new Date().toISOString();
    const release = await store.saveRelease(placeOf(stack), { ...about, at, fingerprint, folder });
    current.set(stack.name, release);
    return release.id;
  };
  return {
    apply: (stack) =>
      limit(async () => {
        const planned = plan.planned.get(stack.name);
        if (!planned) throw new Error(`${stack.name} has no plan`);
        await applyReviewed(context, planned);
        return keep(stack, planned.fingerprint, planning.outdir);
      }),
    async verify(stack, rollout) {
      const wrong = await wrongAnswer(context, stack, rollout);
      const release = current.get(stack.name) ?? (await context.store.releases(placeOf(stack), 1))[0];
      if (release) await context.store.markRelease(placeOf(stack), release.id, wrong ? "failed" : "passed");
      return wrong;
    },
    rollBack: (stack) => limit(() => takeBack(context, stack, keep)),
  };
}

function placeOf({ account, name }: FleetStack): StackPlace {
  return { stack: name, account };
}

/** Applies what was reviewed; what could only be planned now has to be what was reviewed. */
async function applyReviewed(context: DeployContext, { actions, file, stack }: PlannedStack): Promise<void> {
  const { planning } = context;
  const folder = stackFolder(planning.outdir, stack.name);
  const terraform = planning.terraform(stack, folder);
  let toApply = file;
  if (toApply === undefined) {
    const now = await planNow(planning, stack);
    if (now === "unchanged") return;
    const other = differences(actions, now.actions);
    if (other.length > 0) {
      throw new Error(
        ["it comes out otherwise than reviewed, now that what it reads is there:", ...other].join("\n"),
      );
    }
    toApply = now.file;
  }
  if (toApply === undefined) throw new Error(`${stack.name} was not planned`);
  await applyPlan(
    terraform,
    toApply,
    counter((changed) => context.onCount(stack, changed)),
  );
  // Spent, and full of what the state holds.
  await rm(toApply, { force: true });
}

function counter(onCount: (changed: number) => void): (event: TerraformEvent) => void {
  let changed = 0;
  return ({ hook, type }) => {
    // Data that is read meanwhile changes nothing.
    if (type === "apply_complete" && hook?.action !== "read") onCount(++changed);
  };
}

/** What is wrong with the answers of a stack; undefined where nothing is. */
async function wrongAnswer(
  { fleet, session, store }: DeployContext,
  stack: FleetStack,
  { verify }: Rollout,
): Promise<string | undefined> {
  const cell = fleet.cells.find(({ name }) => name === stack.cell);
  if (!verify || !cell || (stack.kind !== "target" && stack.kind !== "front")) return undefined;
  const state = await store.state(placeOf(stack));
  const outputs = state ? outputsOf(state) : {};
  const asked = { cell, outputs, verify, session };
  const answers =
    stack.kind === "front"
      ? [await verifyFront(asked)]
      : await Promise.all(targetsIn(cell, stack).map((target) => verifyTarget({ ...asked, target })));
  const wrong = answers.flatMap((answer) => answer.asked).filter(({ why }) => why !== undefined);
  return wrong.length === 0 ? undefined : wrong.map(({ url, why }) => `${url}: ${why}`).join("\n");
}

function targetsIn(cell: Cell, { name }: FleetStack) {
  return cell.targets.filter((target) => target.stack === name);
}

/** Releases that are looked through for one to go back to. */
const releasesLookedAt = 50;

/** Deploys the last release of a stack that was not found wrong, and that is another than the one it has. */
async function takeBack(
  { planning, store, about }: DeployContext,
  stack: FleetStack,
  keep: (stack: FleetStack, fingerprint: string, folder: string) => Promise<string>,
): Promise<string> {
  const place = placeOf(stack);
  const [bad, ...earlier] = await store.releases(place, releasesLookedAt);
  const good = earlier.find(
    ({ fingerprint, verification }) => verification !== "failed" && fingerprint !== bad?.fingerprint,
  );
  if (!good) throw new Error("there is no earlier release to go back to");
  const outdir = restoreFolder(planning.outdir, about.run);
  try {
    await store.restore(place, good, outdir);
    const folder = stackFolder(outdir, stack.name);
    const terraform = planning.terraform(stack, folder);
    const file = join(planning.plans, `${stack.name}.back.tfplan`);
    await initStack(terraform);
    if (await planStack(terraform, file)) await applyPlan(terraform, file);
    await rm(file, { force: true });
    const id = await keep(stack, good.fingerprint, outdir);
    if (good.verification) await store.markRelease(place, id, good.verification);
    return id;
  } finally {
    await rm(stackFolder(outdir, stack.name), { recursive: true, force: true });
  }
}

/** Beside the output folder, for the JSON names local state relative to where it lies. */
export function restoreFolder(outdir: string, run: string): string {
  return join(dirname(outdir), `.meridian-${run}`);
}

/** Removes what runs have restored that were killed before they could do it themselves. */
export async function removeLeftRestores(outdir: string, store: Pick<FleetStore, "run">): Promise<void> {
  const place = dirname(outdir);
  for (const name of await readdir(place).catch(() => [])) {
    const id = /^\.meridian-(\d.*)$/.exec(name)?.[1];
    const run = id === undefined ? undefined : await store.run(id);
    if (run && runStatus(run) === "killed") await rm(join(place, name), { recursive: true, force: true });
  }
}
