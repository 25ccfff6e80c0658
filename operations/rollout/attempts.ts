import type { FleetStack } from "../../fleet/stacks";
import { type FleetPlan, isDeployed } from "../plan/plan-fleet";
import { readStackText, stackFacts } from "../plan/stack-json";
import type { FleetStore, RolloutPart, RunRecord, RunStack } from "../store/model";
import { mapFew } from "../store/objects";

/** States that say what was done with a stack; in the others nothing was. */
const telling: ReadonlySet<RunStack["state"]> = new Set([
  ...(["applying", "applied", "verified", "failed", "rolled-back"] as const),
]);

/**
 * What runs have done with each stack last.
 *
 * @param runs oldest first
 */
export function lastOf(runs: readonly Pick<RunRecord, "stacks">[]): ReadonlyMap<string, RunStack> {
  const told = runs.flatMap(({ stacks }) =>
    Object.entries(stacks).filter(([, { state }]) => telling.has(state)),
  );
  return new Map(told);
}

/** Whether one of some runs has begun to apply a stack. */
export function hasBegunIn(runs: readonly Pick<RunRecord, "stacks">[]): (stack: FleetStack) => boolean {
  const begun = new Set(
    runs.flatMap(({ stacks }) => Object.entries(stacks).flatMap(([name, one]) => (one.begun ? [name] : []))),
  );
  return ({ name }) => begun.has(name);
}

/**
 * The run that a part of a rollout goes on with: the last that has not come to its end and was about the same stacks.
 *
 * @param runs oldest first
 */
export function toGoOnWith(
  runs: readonly RunRecord[],
  isOwn: (stack: string) => boolean,
): RunRecord | undefined {
  return runs.findLast(({ outcome, stacks }) => outcome !== "succeeded" && Object.keys(stacks).some(isOwn));
}

/**
 * When the attempt at a wave began that a run belongs to. All builds of a wave are started together, and started again
 * together once all have ended: an attempt ends where a shard comes for the second time.
 *
 * @param runs of the wave, before this one
 * @returns ISO 8601
 */
export function attemptBegan(
  runs: readonly Pick<RunRecord, "started" | "rollout">[],
  own: { readonly started: string } & Pick<RolloutPart, "shard">,
): string {
  const numberOf = (shard: RolloutPart["shard"]) => shard?.number ?? 1;
  const seen = new Set<number>();
  let began = own.started;
  const all = [...runs]
    .sort((a, b) => (a.started < b.started ? -1 : 1))
    .map(({ rollout, started }) => ({ started, shard: rollout?.shard }));
  for (const { shard, started } of [...all, own]) {
    if (seen.size === 0 || seen.has(numberOf(shard))) {
      seen.clear();
      began = started;
    }
    seen.add(numberOf(shard));
  }
  return began;
}

/** What is left of a plan, now that earlier attempts have deployed a part of it. */
export interface LeftToDo {
  readonly plan: FleetPlan;
  /** Names of stacks that are deployed and not verified. */
  readonly unverified: ReadonlySet<string>;
}

/**
 * Takes out of a plan what earlier attempts have deployed.
 *
 * The fingerprint alone does not tell: a front whose JSON stays the same changes with the outputs that it reads, and so
 * only counts as deployed where a run says so. Terraform finds out about the others that nothing is left to do.
 *
 * @param runs earlier attempts, oldest first
 */
export async function leftToDo(
  plan: FleetPlan,
  runs: readonly RunRecord[],
  { outdir, store }: { readonly outdir: string; readonly store: Pick<FleetStore, "state"> },
): Promise<LeftToDo> {
  const last = lastOf(runs);
  // A run that found nothing left to apply, and only asked for an answer, has begun nothing: an earlier one has.
  const hasBegun = hasBegunIn(runs);
  const planned = [...plan.planned.values()].map(({ stack }) => stack);
  const isReached = (stack: FleetStack) => hasBegun(stack) && last.get(stack.name)?.state !== "rolled-back";
  const isDone = await mapFew(planned, async (stack) => {
    if (!isReached(stack)) return false;
    const facts = stackFacts(await readStackText(outdir, stack.name));
    // One that cannot be read now holds up no others: it is met again when the stack's turn comes.
    const state = await store.state({ stack: stack.name, account: stack.account }).catch(() => undefined);
    const isSaid = ["applied", "verified"].includes(last.get(stack.name)?.state ?? "");
    return isDeployed(state, facts) && (isSaid || facts.reads.length === 0);
  });
  const done = planned.filter((_, index) => isDone[index]);
  const isVerified = ({ name }: FleetStack) => last.get(name)?.state === "verified";
  const unverified = [...done, ...plan.unchanged.filter(isReached)].filter((stack) => !isVerified(stack));
  const names = new Set(done.map(({ name }) => name));
  return {
    plan: {
      planned: new Map([...plan.planned].filter(([name]) => !names.has(name))),
      unchanged: [...plan.unchanged, ...done],
      failed: plan.failed,
    },
    unverified: new Set(unverified.map(({ name }) => name)),
  };
}
