import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../fleet/errors";
import { begunOutput, fingerprintOutput } from "../../fleet/names";
import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import { describeError } from "../aws/errors";
import { conflictError, type Made } from "../recovery/find-made";
import { whileImporting } from "../recovery/import-file";
import type { FleetStore, Release, StackState } from "../store/model";
import { atOnce, type Limiter } from "../terraform/at-once";
import {
  initAndPlan,
  planStack,
  showPlan,
  type TerraformContext,
  TerraformFailure,
} from "../terraform/terraform";
import { type Actions, actionsOf, predictPlan } from "./prediction";
import {
  type OutputRead,
  parseStack,
  readStackText,
  type StackFacts,
  type StackJson,
  stackFacts,
  stackFolder,
} from "./stack-json";
import { parsePlan, type TerraformPlan } from "./terraform-plan";

/** How a fleet is planned. */
export interface PlanFleetOptions {
  /** Stacks to plan, each after those that it comes after. */
  readonly stacks: readonly FleetStack[];
  /** Output folder of a synth. */
  readonly outdir: string;
  /** Folder for plan files, which hold secrets of the states: for its owner only. */
  readonly plans: string;
  readonly store: FleetStore;
  /** Runs of Terraform at once: bounds the memory, whatever the size of the fleet. */
  readonly parallelism: number;
  /** Shared with another planning that goes on at the same time. @default one of its own */
  readonly limiter?: Limiter;
  /** Whether to ask Terraform about stacks that have not changed, too. */
  readonly all: boolean;
  /** Another kind of plan. @default what the JSON asks for */
  readonly mode?: "-destroy" | "-refresh-only";
  /** How Terraform runs in the folder of a stack. */
  readonly terraform: (stack: FleetStack, folder: string) => TerraformContext;
  /** What is there already though the state does not know it. @default nothing is looked for */
  readonly findMade?: (stack: FleetStack, plan: TerraformPlan) => Promise<Made>;
  /** Why nobody may deploy a stack now, if its state is locked. @default locks are met when it is applied */
  readonly lockOf?: (stack: FleetStack) => Promise<string | undefined>;
  /**
   * Whether a state is locked. Terraform is asked about such a stack, though it does not seem to have changed.
   * @default locks of what has not changed are of no interest
   */
  readonly isLocked?: (stack: FleetStack) => Promise<boolean>;
  /** Told of each plan, which is not kept: a fleet's would not fit into memory. */
  readonly onPlan: (stack: FleetStack, plan: TerraformPlan, predicted: boolean) => void;
  readonly onProgress: (stack: FleetStack, state: PlanState, toChange?: number) => void;
  /** When aborted, no further stack is planned. */
  readonly stop?: AbortSignal;
}

/** How far the plan of a stack is. */
export type PlanState = "planning" | "planned" | "unchanged" | "failed";

/** A stack with something to do. */
export interface PlannedStack {
  readonly stack: FleetStack;
  readonly fingerprint: string;
  /** The plan to apply; undefined where Terraform can only plan once other stacks are deployed. */
  readonly file?: string;
  /** What was shown for review. */
  readonly actions: Actions;
  /** Resources to change. */
  readonly toChange: number;
  /** Whether the stack has been deployed before. */
  readonly isNew: boolean;
  /** Whether it is an orphan, and all of it is destroyed. */
  readonly destroys?: boolean;
}

/** A stack that could not be planned. */
export interface FailedPlan {
  readonly stack: FleetStack;
  readonly why: string;
}

/** What a deploy of the fleet would do. */
export interface FleetPlan {
  readonly planned: ReadonlyMap<string, PlannedStack>;
  readonly unchanged: readonly FleetStack[];
  readonly failed: ReadonlyMap<string, FailedPlan>;
}

/** What became of a stack, for those that read its outputs. */
interface Outcome {
  readonly result: PlannedStack | FailedPlan | "unchanged";
  /** Whether its outputs can be read. */
  readonly hasState: boolean;
  /** Whether an output, or a part of it, will be another one. */
  readonly changes: (read: OutputRead) => boolean;
}

const nothingChanges = () => false;

/** How many states and JSON files are read at once. */
const readsAtOnce = 64;

/**
 * Plans the stacks of a fleet that have changed since they were deployed, each after those that it reads outputs of. A
 * stack that cannot be planned hides no other.
 */
export async function planFleet(options: PlanFleetOptions): Promise<FleetPlan> {
  const limits: Limits = {
    terraform: options.limiter ?? atOnce(options.parallelism),
    reads: atOnce(readsAtOnce),
  };
  const outcomes = new Map<string, Promise<Outcome>>();
  for (const stack of options.stacks) outcomes.set(stack.name, planOne(options, stack, outcomes, limits));
  const planned = new Map<string, PlannedStack>();
  const unchanged: FleetStack[] = [];
  const failed = new Map<string, FailedPlan>();
  for (const stack of options.stacks) {
    const { result } = (await outcomes.get(stack.name)) as Outcome;
    if (result === "unchanged") unchanged.push(stack);
    else if ("why" in result) failed.set(stack.name, result);
    else planned.set(stack.name, result);
  }
  return { planned, unchanged, failed };
}

interface Limits {
  readonly terraform: Limiter;
  readonly reads: Limiter;
}

async function planOne(
  options: PlanFleetOptions,
  stack: FleetStack,
  outcomes: ReadonlyMap<string, Promise<Outcome>>,
  limits: Limits,
): Promise<Outcome> {
  const { all, mode, onProgress, outdir, stop, store } = options;
  const failed = (why: string, hasState = true): Outcome => {
    onProgress(stack, "failed");
    return { result: { stack, why }, hasState, changes: nothingChanges };
  };
  let facts: StackFacts;
  let hasState: boolean;
  let isCurrent: boolean;
  try {
    facts = stackFacts(await limits.reads(() => readStackText(outdir, stack.name)));
    const state = await limits.reads(() => store.state({ stack: stack.name, account: stack.account }));
    // The state itself is not kept: those of a fleet would not fit into memory.
    hasState = state !== undefined;
    isCurrent = isDeployed(state, facts);
  } catch (error) {
    return failed(`its state cannot be read: ${reasonOf(error)}`);
  }
  const producers = await producersOf(stack, facts, outcomes);
  const changing = facts.reads.filter((read) => producers.get(read.stack)?.changes(read));
  let isSame = !all && mode === undefined && isCurrent && changing.length === 0;
  if (isSame && options.isLocked) {
    // Whoever was killed while holding it may have changed what the state does not know yet.
    try {
      isSame = !(await limits.reads(async () => options.isLocked?.(stack)));
    } catch (error) {
      return failed(`its lock cannot be read: ${reasonOf(error)}`);
    }
  }
  if (isSame) {
    onProgress(stack, "unchanged");
    return { result: "unchanged", hasState, changes: nothingChanges };
  }
  const missing = facts.reads.filter((read) => producers.get(read.stack)?.hasState === false);
  if (stop?.aborted) return failed("not planned: it was stopped", hasState);
  // Its shape is known once it begins; what only a deploy can tell is shown as it stands in the JSON.
  const isPredicted = mode === undefined && (missing.length > 0 || changing.length > 0);
  try {
    const planned = isPredicted
      ? await limits.reads(() => predicted(options, stack, [...changing, ...missing]))
      : await limits.terraform(() => planWithTerraform(options, stack, hasState));
    if (planned === "unchanged") onProgress(stack, "unchanged");
    else onProgress(stack, "planned", planned.planned.toChange);
    const result = planned === "unchanged" ? planned : { ...planned.planned, fingerprint: facts.fingerprint };
    return { result, hasState, changes: planned === "unchanged" ? nothingChanges : planned.changes };
  } catch (error) {
    return failed(reasonOf(error), hasState);
  }
}

/** Stacks outside of the plan keep the outputs that they have. */
async function producersOf(
  { after }: FleetStack,
  { reads }: StackFacts,
  outcomes: ReadonlyMap<string, Promise<Outcome>>,
): Promise<ReadonlyMap<string, Outcome>> {
  const names = [...new Set([...after, ...reads.map(({ stack }) => stack)])];
  const found = names.flatMap(
    (name) => outcomes.get(name)?.then((outcome) => [name, outcome] as const) ?? [],
  );
  return new Map(await Promise.all(found));
}

/**
 * Whether a stack is what its JSON says, as far as its state knows. The fingerprints say so of what is written: its last
 * deploy was to make it so, and came to its end. What a deploy could not delete, or will have to make anew, is in the state
 * besides.
 */
export function isDeployed(state: StackState | undefined, { fingerprint, resources }: StackFacts): boolean {
  const isShown = (output: string) => state?.outputs[output]?.value === fingerprint;
  if (!state || !isShown(fingerprintOutput) || !isShown(begunOutput)) return false;
  const written = new Set(resources);
  return state.resources
    .filter(({ instances, mode }) => mode === "managed" && instances.length > 0)
    .every(
      ({ instances, name, type }) =>
        written.has(`${type}.${name}`) &&
        instances.every((instance) => instance.status !== "tainted" && instance.deposed === undefined),
    );
}

/** What planning a stack gave. */
interface Planned {
  readonly planned: Omit<PlannedStack, "fingerprint">;
  readonly changes: Outcome["changes"];
}

async function predicted(
  { onPlan, outdir, store }: PlanFleetOptions,
  stack: FleetStack,
  changing: readonly OutputRead[],
): Promise<Planned | "unchanged"> {
  const json = parseStack(await readStackText(outdir, stack.name));
  const state = await store.state({ stack: stack.name, account: stack.account });
  const before = state && (await lastRelease(store, stack, state));
  const plan = predictPlan({ json, state, before, changing });
  const actions = actionsOf(plan);
  onPlan(stack, plan, true);
  return {
    planned: { stack, actions, toChange: actions.size, isNew: state === undefined },
    changes: () => true,
  };
}

/** JSON of the release that a state shows. */
async function lastRelease(
  store: FleetStore,
  { account, name }: FleetStack,
  state: StackState,
): Promise<StackJson | undefined> {
  const deployed = state.outputs[fingerprintOutput]?.value;
  const isIt = ({ fingerprint }: Release) => fingerprint === deployed;
  const release = (await store.releases({ stack: name, account }, 10)).find(isIt);
  const text = release && (await store.releaseJson({ stack: name, account }, release));
  return text === undefined ? undefined : parseStack(text);
}

/**
 * Plans a stack whose turn has come, now that all that it reads is there.
 *
 * @throws {TerraformFailure}
 */
export async function planNow(
  options: PlanFleetOptions,
  stack: FleetStack,
): Promise<Omit<PlannedStack, "fingerprint"> | "unchanged"> {
  const planned = await planWithTerraform(
    { ...options, onPlan: () => {}, onProgress: () => {} },
    stack,
    true,
  );
  return planned === "unchanged" ? planned : planned.planned;
}

/** Rounds of looking for what was made before: some things are only known by name once others are taken over. */
const mostRounds = 5;

async function planWithTerraform(
  options: PlanFleetOptions,
  stack: FleetStack,
  hasState: boolean,
): Promise<Planned | "unchanged"> {
  const { lockOf, mode, onPlan, onProgress, outdir, plans } = options;
  onProgress(stack, "planning");
  const locked = await lockOf?.(stack);
  if (locked !== undefined) throw new TerraformFailure("locked", locked);
  const folder = stackFolder(outdir, stack.name);
  const context = options.terraform(stack, folder);
  const file = join(plans, `${stack.name}.tfplan`);
  if (!(await whileImporting(folder, [], () => initAndPlan(context, file, { mode })))) {
    await rm(file, { force: true });
    return "unchanged";
  }
  const first = parsePlan(await showPlan(context, file));
  const plan = mode === undefined ? await takeOver(options, stack, context, file, first) : first;
  onPlan(stack, plan, false);
  const actions = actionsOf(plan);
  // All that is kept of the plan until the fleet is planned.
  const outputs = plan.output_changes ?? {};
  return {
    planned: {
      ...{ stack, file, actions, toChange: actions.size, isNew: !hasState },
      ...(mode === "-destroy" && { destroys: true }),
    },
    changes: (read) => outputChanges(outputs, read),
  };
}

/**
 * Plans again and again, as long as something is found that a deploy has made and not written down: so that it is taken
 * over by the plan that is reviewed.
 *
 * @returns the last plan
 * @throws {UserError} something is there that is not the stack's own
 */
async function takeOver(
  { findMade }: PlanFleetOptions,
  stack: FleetStack,
  context: TerraformContext,
  file: string,
  first: TerraformPlan,
): Promise<TerraformPlan> {
  let plan = first;
  const take: Made["take"][number][] = [];
  for (let round = 0; findMade && round < mostRounds && hasCreations(plan); round++) {
    const made = await findMade(stack, plan);
    if (made.conflicts.length > 0) throw conflictError(stack, made.conflicts);
    if (made.take.length === 0) break;
    take.push(...made.take);
    await whileImporting(context.folder, take, () => planStack(context, file));
    plan = parsePlan(await showPlan(context, file));
  }
  return plan;
}

function hasCreations(plan: TerraformPlan): boolean {
  return (plan.resource_changes ?? []).some(
    ({ change, mode }) => mode === "managed" && change.actions.length === 1 && change.actions[0] === "create",
  );
}

/** Whether a plan changes what is read of an output. */
export function outputChanges(
  changes: NonNullable<TerraformPlan["output_changes"]>,
  read: OutputRead,
): boolean {
  const change = changes[read.output];
  if (!change || change.actions.every((action) => action === "no-op")) return false;
  const unknown = at(change.after_unknown, read.path, true);
  if (unknown !== undefined && unknown !== false) return true;
  return JSON.stringify(at(change.before, read.path)) !== JSON.stringify(at(change.after, read.path));
}

/** @param through whether `true` stands for all that is below it */
function at(value: unknown, path: readonly string[], through = false): unknown {
  return path.reduce(
    (found: unknown, key) => (through && found === true ? true : isMap(found) ? found[key] : undefined),
    value,
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof TerraformFailure) return error.why;
  if (error instanceof UserError) return `${error.what}; ${error.fix}`;
  return describeError(error);
}
