import { resolve } from "node:path";
import { UserError } from "../fleet/errors";
import type { FleetStack } from "../fleet/stacks";
import { count } from "../fleet/wording";
import { stsRegions } from "../operations/aws/role-credentials";
import type { Picture } from "../operations/plan/picture-schema";
import { type FleetPlan, isDeployed } from "../operations/plan/plan-fleet";
import { loadPlans } from "../operations/plan/saved-plans";
import { readStackText, stackFacts } from "../operations/plan/stack-json";
import { notPassed } from "../operations/rollout/not-passed";
import type { RunRecord } from "../operations/store/model";
import { deployReport } from "./output/deploy-report";
import { printJson } from "./output/json";
import { planReport } from "./output/plan-report";
import { openSelected, refusals } from "./plan";
import { keepUnkept, releaseLeft } from "./shared/after-kill";
import { announce, approve, type Intent, requireApprover } from "./shared/approval";
import { deleteLeftOnly, rollOutReviewed } from "./shared/fleet-deploy";
import { type PlannedFleet, planningOf, planWork } from "./shared/fleet-plan";
import { type FleetWork, synthesizeFleet, type WorkOptions } from "./shared/fleet-work";
import {
  type Removal,
  type RemovalOptions,
  removeEmptyStates,
  requireLosses,
  requireRemovable,
} from "./shared/removal";
import {
  inWave,
  isGone,
  openPart,
  type PartOptions,
  partOf,
  requireEarlierWaves,
  wantedPart,
} from "./shared/rollout-part";

/** Options of `meridian deploy`. */
export interface DeployCommandOptions extends WorkOptions, RemovalOptions, Omit<PartOptions, "stage"> {
  readonly all?: boolean;
  /** Deploy without asking. */
  readonly yes?: boolean;
  /** Folder with plans that were reviewed. */
  readonly plan?: string;
  /** Run to go on with: its id, or the last. */
  readonly resume?: string | true;
  readonly releaseLocks?: boolean;
  readonly json?: boolean;
}

const unapproved = { otherwise: "nothing was deployed", look: "npx meridian plan" };

/** Locks are released before there is a plan to ask about. */
export const releaseQuestion = "Release the locks that killed runs have left in";

function leftQuestion(functions: number): string {
  const which = functions === 1 ? "the function" : `the ${functions} functions`;
  return `Delete ${which} that earlier deploys left at the edge, in`;
}

function emptyQuestion(states: number): string {
  return `Remove ${count(states, "state")} in which nothing is any more, in`;
}

/**
 * `meridian deploy`: plans, shows what would change, asks, and applies exactly that: stage after stage, wave after wave.
 * Works on what the caller's AWS_ variables name: AWS, or a sandbox.
 */
export async function deployCommand(file: string, options: DeployCommandOptions): Promise<void> {
  const isApproved = options.yes ?? false;
  const wanted = wantedPart(options);
  // Plans that were kept were reviewed; of locks and of empty states they say nothing.
  const isReviewed = options.plan !== undefined;
  requireApprover(unapproved, isApproved || (isReviewed && !options.releaseLocks));
  const { removal, work: opened } = await openSelected(file, options);
  const intent: Intent = {
    ...unapproved,
    doing: `Deploying the fleet ${opened.fleet.name} to`,
    question: "Deploy this to",
  };
  const approval = { isApproved, signal: opened.interrupts.stop };
  try {
    // What is taken away is none of the fleet's stacks.
    if (!removal && isGone(opened, wanted)) {
      sayNothing(options);
      return;
    }
    const stage = inWave(opened, wanted, isReviewed);
    const destination = await announce(intent, stsRegions(opened.fleet), opened.session);
    if (options.releaseLocks) await approve({ ...intent, question: releaseQuestion }, destination, approval);
    const named = options.resume === undefined ? undefined : await runToResume(opened, options.resume);
    if (removal) requireRemovable(removal, options);
    await requireEarlierWaves(opened, wanted);
    await synthesizeFleet(file, opened);
    const all = await review(stage, options, removal);
    const refused = refusals(all.picture);
    if (refused.length > 0) throw refusal(refused);
    requireLosses(all.plan, removal?.orphans ?? [], options);
    const part = await openPart(stage, all, wanted);
    const { reviewed, rollout, work } = part;
    const resumed = named ?? part.resumed;
    const askable = askedForAnswers(work, reviewed.plan);
    const left = named ? deployedIn(named) : part.unverified;
    const others = rollout ? await notPassed(work.store, askable) : new Set();
    const unverified = new Set(
      askable.flatMap(({ name }) => (left.has(name) || others.has(name) ? [name] : [])),
    );
    const empty = removal?.found.empty ?? [];
    const { failed, planned } = reviewed.plan;
    const orphans = removal ? removal.orphans.length + removal.unusable.length : 0;
    const toDeploy = planned.size + failed.size + unverified.size + orphans;
    if (toDeploy > 0 && !isReviewed) {
      process.stderr.write(planReport(reviewed.picture));
      await approve(intent, destination, approval);
    } else if (empty.length > 0)
      await approve({ ...intent, question: emptyQuestion(empty.length) }, destination, approval);
    if (isReviewed && options.releaseLocks) await releaseLeft(reviewed);
    await keepUnkept(work, reviewed.plan.unchanged, rollout?.runs);
    if (removal) await removeEmptyStates(work, empty);
    if (toDeploy === 0) {
      const ask = (question: string) => approve({ ...intent, question }, destination, approval);
      // A plan that was kept says nothing of them.
      if (!isReviewed) await deleteLeftOnly(work, (functions) => ask(leftQuestion(functions)));
      sayNothing(options);
      return;
    }
    const { record, result } = await rollOutReviewed(work, reviewed, {
      command: "deploy",
      ...{ unverified, resumed, rollout },
    });
    if (options.json) printJson({ version: 1, run: record.id, ...result, stacks: record.stacks });
    else process.stdout.write(deployReport(record, result));
    if (result.outcome !== "succeeded" && !result.tolerated) process.exitCode = 1;
  } finally {
    opened.close();
  }
}

function sayNothing({ json }: DeployCommandOptions): void {
  if (json) printJson({ version: 1, outcome: "succeeded", stacks: {} });
  else process.stdout.write("Nothing to deploy: no stack has changed.\n");
}

/** What would be deployed: planned now, or before. */
async function review(
  work: FleetWork,
  { all, plan: folder, recordRole, releaseLocks, rollout }: DeployCommandOptions,
  removal: Removal | undefined,
): Promise<PlannedFleet> {
  // A build of a rollout may look into its own accounts, and orphans may lie in any.
  const findsOrphans = rollout === undefined;
  if (folder === undefined) return planWork(work, { all, releaseLocks, removal, findsOrphans });
  const { outdir, selected, stacks, store } = work;
  const names = new Set(stacks.map(({ name }) => name));
  const orphans = removal?.orphans.map(({ stack }) => stack) ?? [];
  const gone = new Set(orphans.map(({ name }) => name));
  const factsOf = async ({ name }: FleetStack) =>
    stackFacts(await readStackText(removal && gone.has(name) ? removal.outdir : outdir, name));
  // Terraform runs in the folder of each stack.
  const { digest, picture, plan, role } = await loadPlans(resolve(folder), [...selected, ...orphans], gone, {
    fingerprintOf: async (stack) => (await factsOf(stack)).fingerprint,
    isDeployed: async (stack) =>
      isDeployed(await store.state({ stack: stack.name, account: stack.account }), await factsOf(stack)),
    isLeft: (name) => names.has(name),
  });
  if (recordRole !== undefined && role === undefined) throw appliedAsTheyAre(folder);
  const planning = planningOf(work, { releaseLocks });
  if (!removal) return { plan, picture, planning, digest };
  return {
    ...{ digest, picture, planning },
    plan: partOf(plan, (name) => !gone.has(name)),
    // Only what was planned then: what has become an orphan since was reviewed by nobody.
    removal: {
      ...{ ...removal, unusable: [], plan: partOf(plan, (name) => gone.has(name)) },
      orphans: removal.orphans.filter(({ stack: { name } }) => isPlanned(plan, name)),
    },
  };
}

/** A build does not trust the one that planned: it takes from that what is compared, and nothing that is run. */
function appliedAsTheyAre(folder: string): UserError {
  return new UserError(
    `the plans in ${folder} were made as the roles that deploy`,
    "with --record-role, a build deploys what another one has planned: such plans would be applied as they are, whatever is in them",
    "plan as a role that only reads (plan --role meridian-plan), or leave out --record-role",
  );
}

function isPlanned({ failed, planned, unchanged }: FleetPlan, wanted: string): boolean {
  return planned.has(wanted) || failed.has(wanted) || unchanged.some(({ name }) => name === wanted);
}

/**
 * The run to go on with.
 *
 * @throws {UserError} there is none, or it has come to its end
 */
async function runToResume({ store }: FleetWork, wanted: string | true): Promise<RunRecord> {
  const found = wanted === true ? (await store.runs(1))[0] : await store.run(wanted);
  if (!found) {
    throw new UserError(
      wanted === true ? "there is no run to go on with" : `there is no run ${wanted}`,
      "a run is gone on with where it ended",
      "see which there are with `npx meridian runs`, or deploy without --resume",
    );
  }
  if (found.command === "rollback") {
    throw new UserError(
      `the run ${found.id} is a rollback`,
      "a deploy would bring the version of the fleet file back instead",
      "run the rollback again: npx meridian rollback <cell>; or deploy without --resume",
    );
  }
  if (found.outcome !== "succeeded") return found;
  throw new UserError(
    `the run ${found.id} has come to its end`,
    "nothing of it is left to do",
    "deploy without --resume",
  );
}

/** Names of stacks that a run has deployed and not verified. */
function deployedIn({ stacks }: RunRecord): ReadonlySet<string> {
  // Killed between the last write of the state and that of its record, a run says "applying" of what is deployed.
  const left = Object.entries(stacks).filter(([, { state }]) => ["applied", "applying"].includes(state));
  return new Set(left.map(([name]) => name));
}

/** The stacks that stay as they are and that are asked for an answer. */
function askedForAnswers({ fleet }: FleetWork, { unchanged }: FleetPlan): readonly FleetStack[] {
  const verifying = new Set(fleet.stages.flatMap(({ name, rollout }) => (rollout.verify ? [name] : [])));
  return unchanged.filter(({ kind, stage = "" }) => verifying.has(stage) && kind !== "data");
}

function refusal(risks: Picture["risks"]): UserError {
  const [first] = risks;
  return new UserError(
    `nothing was deployed: ${risks.map(({ message }) => message).join("; ")}`,
    first?.why ?? "",
    first?.fix ?? "",
  );
}
