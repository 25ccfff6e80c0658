import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Fleet, Rollout } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import { describeError } from "../aws/errors";
import type { AwsSession } from "../aws/role-credentials";

import { type LostData, lostData } from "../plan/data-things";
import { discardPlan } from "../plan/plan-files";
import type { FleetPlan, PlanFleetOptions } from "../plan/plan-fleet";
import type { PlannedStack } from "../plan/plan-stack";
import { dataTypesOf } from "../plan/resource-types";
import { stackFolder } from "../plan/stack-json";
import { tableType } from "../plan/table-changes";
import { parsePlan, type TerraformPlan } from "../plan/terraform-plan";
import { runStatus } from "../recovery/run-status";
import type { FleetStore, NewRelease, Release, StackPlace, Verification } from "../store/model";
import { currentRelease, hasProviderLock } from "../store/releases";
import { atOnce } from "../terraform/at-once";
import {
  applyPlan,
  holdsProviders,
  initStack,
  planStack,
  showPlan,
  type TerraformEvent,
} from "../terraform/terraform";
import { askStack, targetsIn } from "./ask-stacks";
import { NotBegun, type RolloutActions, type WrongAnswer } from "./deploy-cell";
import { releaseToGoBackTo } from "./go-back";
import { keepTables } from "./keep-tables";
import type { Unprotect } from "./lift-protection";
import { lostUnseen, planAgain } from "./plan-again";
import { pruneVersions } from "./prune-versions";

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
  /** Of the sources that a stack's JSON was made from, where that is not the revision of all. */
  readonly revisionOf?: (stack: FleetStack) => string | undefined;
  /** Whether an earlier attempt of the same rollout has begun to apply what was reviewed. @default none has */
  readonly hasBegun?: (stack: FleetStack) => boolean;
  /** Told how many things of a stack are changed so far. */
  readonly onCount: (stack: FleetStack, changed: number) => void;
  /** Told what went wrong beside the deploy, and does not change how it went. */
  readonly onProblem: (what: string) => void;
  readonly unprotect: Unprotect;
  /** Told right before Terraform begins to apply what was reviewed; it waits for that. */
  readonly onBegin?: (stack: FleetStack) => Promise<void>;
  /** When aborted, what waits for its turn does not begin. */
  readonly stop?: AbortSignal;
  /** When aborted, nobody waits any longer for an answer. */
  readonly hurry?: AbortSignal;
}

/** Releases that are looked through for the one that a stack has, and for one to go back to. */
const releasesLookedAt = 50;

/** Keeps what a stack has now as a release, and returns its id. */
type Keep = (
  stack: FleetStack,
  kept: Pick<NewRelease, "fingerprint" | "folder" | "keepsProviderLock" | "revision">,
) => Promise<string>;

/** What a rollout does with each stack, with Terraform and AWS. */
export function stackActions(context: DeployContext): Omit<RolloutActions, "pause"> {
  const { plan, planning } = context;
  const limit = atOnce(planning.parallelism);
  const current = new Map<string, Release>();
  const { about, revisionOf = () => about.revision, store } = context;
  const keep: Keep = async (stack, kept) => {
    const at = new Date().toISOString();
    const release = await store.saveRelease(placeOf(stack), { ...about, at, ...kept });
    current.set(stack.name, release);
    return release.id;
  };
  return {
    apply: (stack) =>
      limit(async () => {
        if (context.stop?.aborted) throw new NotBegun();
        const planned = plan.planned.get(stack.name);
        if (!planned) throw new Error(`${stack.name} has no plan`);
        await applyReviewed(context, planned);
        const { fingerprint } = planned;
        const folder = planning.outdir;
        const keepsProviderLock = holdsProviders(planning.terraform(stack, stackFolder(folder, stack.name)));
        const kept = { fingerprint, folder, keepsProviderLock, revision: revisionOf(stack) };
        return keep(stack, kept).catch((error: unknown) => {
          const why = describeError(error);
          throw new Error(`it is deployed, but its release could not be kept to go back to: ${why}`);
        });
      }),
    async verify(stack, rollout) {
      const wrong = await wrongAnswer(context, stack, rollout);
      // Whoever was not asked has not failed.
      if (!wrong || wrong.answered) await mark(stack, wrong ? "failed" : "passed");
      return wrong;
    },
    rollBack: (stack) => limit(() => takeBack(context, stack, keep)),
    tidy: (stack) => pruneFunctions(context, stack),
  };

  /** What the answer was is worth more than a note of it. */
  async function mark(stack: FleetStack, verification: Verification): Promise<void> {
    const { onProblem } = context;
    const place = placeOf(stack);
    try {
      const release = current.get(stack.name) ?? (await releaseOf(store, place));
      if (release) await store.markRelease(place, release.id, verification);
    } catch (error) {
      onProblem(`${stack.name} is not noted as verification ${verification}: ${describeError(error)}`);
    }
  }
}

/** The release that a stack has by its state. */
async function releaseOf(store: FleetStore, place: StackPlace): Promise<Release | undefined> {
  const [state, releases] = await Promise.all([store.state(place), store.releases(place, releasesLookedAt)]);
  return currentRelease(state, releases);
}

function placeOf({ account, name }: FleetStack): StackPlace {
  return { stack: name, account };
}

/** Applies what was reviewed; what could only be planned now has to be what was reviewed. */
async function applyReviewed(context: DeployContext, planned: PlannedStack): Promise<void> {
  const { hasBegun = () => false, planning } = context;
  const { asRole, file, loses, stack } = planned;
  const folder = stackFolder(planning.outdir, stack.name);
  const terraform = planning.terraform(stack, folder);
  let toApply = file;
  let lost = loses;
  if (toApply === undefined || asRole !== undefined) {
    const again = () => planAgain(planning, planned, { hasBegun: hasBegun(stack) });
    let now = await again();
    if (now && lostUnseen(planned, now).some(({ isTainted, type }) => isTainted && type === tableType)) {
      // An earlier attempt was killed while it made them: they are gone on with.
      await keepTables(context.store, placeOf(stack), terraform);
      now = await again();
    }
    if (now === undefined) {
      // All of it is there already: for a later attempt that is as good as applied, and has to answer.
      await context.onBegin?.(stack);
      return;
    }
    requireSeen(lostUnseen(planned, now));
    toApply = now.file;
    lost = now.loses;
  }
  if (toApply === undefined) throw new Error(`${stack.name} was not planned`);
  // Nothing is lost here that was not named: the deploy would not have begun.
  await context.unprotect(stack.account, lost);
  await context.onBegin?.(stack);
  const onEvent = counter((changed) => context.onCount(stack, changed));
  try {
    await applyPlan(terraform, toApply, onEvent);
  } catch (error) {
    await keepTables(context.store, placeOf(stack), terraform).catch((problem: unknown) => {
      const what = "a table was made and not finished, and Terraform is not told to keep it";
      context.onProblem(`${stack.name}: ${what}: ${describeError(problem)}`);
    });
    throw error;
  }
  for (const spent of [toApply, file]) await discardPlan(spent);
}

/** @throws data would go that nobody saw go when the plan was reviewed */
function requireSeen(lost: readonly LostData[]): void {
  if (lost.length === 0) return;
  const names = lost.map(({ name }) => name).join(", ");
  throw new Error(
    `${names} would be destroyed with what is in it, which was not reviewed; nothing was applied: if it may go, deploy the stack alone, and name it with --delete-data`,
  );
}

/** Counts what Terraform has changed. */
export function counter(onCount: (changed: number) => void): (event: TerraformEvent) => void {
  let changed = 0;
  return ({ hook, type }) => {
    // Data that is read meanwhile changes nothing.
    if (type === "apply_complete" && hook?.action !== "read") onCount(++changed);
  };
}

/** What is wrong with the answers of a stack; undefined where nothing is. */
async function wrongAnswer(
  { hurry, ...context }: DeployContext,
  stack: FleetStack,
  { verify }: Rollout,
): Promise<WrongAnswer | undefined> {
  if (!verify) return undefined;
  const { fleet, session, store } = context;
  const asked = await askStack({ fleet, session, store, signal: hurry }, stack, verify);
  const wrong = asked.filter(({ why }) => why !== undefined);
  if (wrong.length === 0) return undefined;
  return {
    why: wrong.map(({ url, why }) => `${url}: ${why}`).join("\n"),
    answered: wrong.some(({ refused, status }) => status !== undefined && !refused),
  };
}

/** Deletes old versions of a stack's services. A front has none: its functions are CloudFront's, which has replicas of them. */
async function pruneFunctions(
  { fleet, onProblem, session, stop }: DeployContext,
  stack: FleetStack,
): Promise<void> {
  const cell = fleet.cells.find(({ name }) => name === stack.cell);
  if (!cell) return;
  for (const target of targetsIn(cell, stack)) {
    for (const service of cell.services) {
      if (stop?.aborted) return;
      try {
        await pruneVersions({ fleet: fleet.name, target, service, session });
      } catch (error) {
        onProblem(
          `old versions of ${service.functionName} in ${target.region} are still there: ${describeError(error)}`,
        );
      }
    }
  }
}

/** Deploys the last release of a stack that was not found wrong, and that is another than the one it has. */
async function takeBack(context: DeployContext, stack: FleetStack, keep: Keep): Promise<string> {
  const { about, onProblem, planning, store } = context;
  const place = placeOf(stack);
  const releases = await store.releases(place, releasesLookedAt);
  const bad = currentRelease(await store.state(place), releases) ?? releases[0];
  const good = releaseToGoBackTo(
    // What is newer than what it has was never deployed to its end.
    releases.slice(bad ? releases.indexOf(bad) + 1 : 0),
    ({ fingerprint }) => fingerprint === bad?.fingerprint,
  );
  if (!good) throw new Error("there is no earlier release to go back to");
  const outdir = restoreFolder(planning.outdir, about.run);
  try {
    await store.restore(place, good, outdir);
    const folder = stackFolder(outdir, stack.name);
    const released = { keepsProviderLock: hasProviderLock(good) };
    const terraform = { ...planning.terraform(stack, folder), released };
    const file = join(planning.plans, `${stack.name}.back.tfplan`);
    await initStack(terraform);
    if (await planStack(terraform, file)) {
      requireNothingLost(context, stack, parsePlan(await showPlan(terraform, file)));
      await applyPlan(terraform, file);
    }
    await rm(file, { force: true });
    try {
      const { fingerprint, revision } = good;
      const id = await keep(stack, {
        fingerprint,
        revision,
        folder: outdir,
        keepsProviderLock: holdsProviders(terraform),
      });
      if (good.verification) await store.markRelease(place, id, good.verification);
      return id;
    } catch (error) {
      onProblem(`${stack.name} is taken back, and that is not kept as a release: ${describeError(error)}`);
      return good.id;
    }
  } finally {
    await rm(stackFolder(outdir, stack.name), { recursive: true, force: true });
  }
}

/**
 * Nobody is asked when a stack is taken back, so nothing may go with its data but what this deploy has made.
 *
 * @throws what would be lost
 */
function requireNothingLost(
  { plan, planning }: DeployContext,
  { kind, name }: FleetStack,
  back: TerraformPlan,
) {
  const made = plan.planned.get(name)?.actions;
  const lost = lostData(name, kind, back, planning.dataTypes ?? dataTypesOf([])).filter(
    ({ address }) => made?.get(address.replace(/\[.*$/s, "")) !== "create",
  );
  if (lost.length === 0) return;
  const things = lost.map((thing) => thing.name).join(", ");
  throw new Error(`${things} would be destroyed with what is in it, and nobody has allowed that`);
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
