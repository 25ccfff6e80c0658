import { UserError } from "../../fleet/errors";
import { begunOutput, fingerprintOutput } from "../../fleet/names";
import type { FleetStack } from "../../fleet/stacks";
import { describeError } from "../aws/errors";
import type { StackState } from "../store/model";
import { atOnce, type Limiter } from "../terraform/at-once";
import { TerraformFailure } from "../terraform/terraform";
import { earlierHome, movedWhy } from "./moved-home";
import { type PlannedStack, type PlanStackOptions, planWithTerraform, predicted } from "./plan-stack";
import { type OutputRead, readStackText, type StackFacts, stackFacts } from "./stack-json";

/** How a fleet is planned. */
export interface PlanFleetOptions extends PlanStackOptions {
  /** Stacks to plan, each after those that it comes after. */
  readonly stacks: readonly FleetStack[];
  /** Runs of Terraform at once: bounds the memory, whatever the size of the fleet. */
  readonly parallelism: number;
  /** Shared with another planning that goes on at the same time. @default one of its own */
  readonly limiter?: Limiter;
  /** Whether to ask Terraform about stacks that have not changed, too. */
  readonly all: boolean;
  /**
   * Whether a state is locked. Terraform is asked about such a stack, though it does not seem to have changed.
   * @default locks of what has not changed are of no interest
   */
  readonly isLocked?: (stack: FleetStack) => Promise<boolean>;
  /** When aborted, no further stack is planned. */
  readonly stop?: AbortSignal;
}

/** A stack that could not be planned. */
export interface FailedPlan {
  readonly stack: FleetStack;
  readonly why: string;
  /** Whether it was never deployed. */
  readonly isNew?: boolean;
  /** Of data whose home is another one now: the region that it was made in. */
  readonly movedFrom?: string;
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
  const failed = (why: string, hasState = true, movedFrom?: string): Outcome => {
    onProgress(stack, "failed");
    const more = { ...(!hasState && { isNew: true }), ...(movedFrom !== undefined && { movedFrom }) };
    return { result: { stack, why, ...more }, hasState, changes: nothingChanges };
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
    const movedFrom = state && earlierHome(stack, state);
    if (movedFrom !== undefined) return failed(movedWhy(stack, movedFrom), hasState, movedFrom);
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
    const { fingerprint } = facts;
    const result = planned === "unchanged" ? planned : { ...planned.planned, fingerprint, isCurrent };
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

function reasonOf(error: unknown): string {
  if (error instanceof TerraformFailure) return error.why;
  if (error instanceof UserError) return `${error.what}; ${error.fix}`;
  return describeError(error);
}
