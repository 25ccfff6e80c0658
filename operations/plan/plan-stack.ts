import { join } from "node:path";
import { fingerprintOutput } from "../../fleet/names";
import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import { conflictError, type Made } from "../recovery/find-made";
import { whileImporting } from "../recovery/import-file";
import type { FleetStore, Release, StackState } from "../store/model";
import {
  initAndPlan,
  planStack,
  showPlan,
  type TerraformContext,
  TerraformFailure,
} from "../terraform/terraform";
import { type LostData, lostData } from "./data-things";
import { discardPlan, keepPlanJson } from "./plan-files";
import { type Actions, actionsOf, predictPlan } from "./prediction";
import { type DataTypes, dataTypesOf } from "./resource-types";
import { type OutputRead, parseStack, readStackText, type StackJson, stackFolder } from "./stack-json";
import { type Withdrawal, withdrawalOf } from "./table-changes";
import { parsePlan, type TerraformPlan } from "./terraform-plan";

/** How the stacks of a fleet are planned, each of them. */
export interface PlanStackOptions {
  /** Output folder of a synth. */
  readonly outdir: string;
  /** Folder for plan files, which hold secrets of the states: for its owner only. */
  readonly plans: string;
  /** Whether plans are held against others that are made later, and so kept as JSON, too. @default false */
  readonly keepsJson?: boolean;
  readonly store: FleetStore;
  /** Which types hold data. @default what is known without any extension */
  readonly dataTypes?: DataTypes;
  /** Another kind of plan. @default what the JSON asks for */
  readonly mode?: "-destroy" | "-refresh-only";
  /** How Terraform runs in the folder of a stack. */
  readonly terraform: (stack: FleetStack, folder: string) => TerraformContext;
  /** What is there already though the state does not know it. @default nothing is looked for */
  readonly findMade?: (stack: FleetStack, plan: TerraformPlan) => Promise<Made>;
  /** Why nobody may deploy a stack now, if its state is locked. @default locks are met when it is applied */
  readonly lockOf?: (stack: FleetStack) => Promise<string | undefined>;
  /** Told of each plan, which is not kept: a fleet's would not fit into memory. */
  readonly onPlan: (stack: FleetStack, plan: TerraformPlan, predicted: boolean) => void;
  readonly onProgress: (stack: FleetStack, state: PlanState, toChange?: number) => void;
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
  /** Whether its state says that it is as its JSON has it, whatever Terraform finds. Of one that is so by now, it is done. */
  readonly isCurrent?: boolean;
  /** The role that the plan was made as, where it is not the one that applies it. */
  readonly asRole?: string;
  /** Whether it is an orphan, and all of it is destroyed. */
  readonly destroys?: boolean;
  /** What holds data and is destroyed, or made again. Of an orphan, its state says so. */
  readonly loses: readonly LostData[];
  /** What a stack of data takes away; absent where it takes nothing. */
  readonly withdraws?: Withdrawal;
}

/** What planning a stack gave. */
export interface Planned {
  readonly planned: Omit<PlannedStack, "fingerprint" | "isCurrent">;
  /** Whether an output, or a part of it, will be another one. */
  readonly changes: (read: OutputRead) => boolean;
}

/** What a stack will come to that Terraform cannot plan before others are deployed. */
export async function predicted(
  options: PlanStackOptions,
  stack: FleetStack,
  changing: readonly OutputRead[],
): Promise<Planned | "unchanged"> {
  const { onPlan, outdir, store } = options;
  const json = parseStack(await readStackText(outdir, stack.name));
  const state = await store.state({ stack: stack.name, account: stack.account });
  const before = state && (await lastRelease(store, stack, state));
  const plan = predictPlan({ json, state, before, changing });
  const actions = actionsOf(plan);
  onPlan(stack, plan, true);
  return {
    planned: {
      ...{ stack, actions, toChange: actions.size, isNew: state === undefined },
      ...dataOf(options, stack, plan),
    },
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
 * @param onPlan told the plan
 * @throws {TerraformFailure}
 */
export async function planNow(
  options: PlanStackOptions,
  stack: FleetStack,
  onPlan: (plan: TerraformPlan) => void = () => {},
): Promise<Omit<PlannedStack, "fingerprint"> | "unchanged"> {
  const planned = await planWithTerraform(
    { ...options, onPlan: (_, plan) => onPlan(plan), onProgress: () => {} },
    stack,
    true,
  );
  return planned === "unchanged" ? planned : planned.planned;
}

/** Rounds of looking for what was made before: some things are only known by name once others are taken over. */
const mostRounds = 5;

/**
 * Plans a stack with Terraform.
 *
 * @throws {TerraformFailure}
 * @throws {UserError} something is there that is not the stack's own
 */
export async function planWithTerraform(
  options: PlanStackOptions,
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
    await discardPlan(file);
    return "unchanged";
  }
  const first = await lookAt(options, context, file);
  const plan = mode === undefined ? await takeOver(options, stack, context, file, first) : first;
  onPlan(stack, plan, false);
  const actions = actionsOf(plan);
  // All that is kept of the plan until the fleet is planned.
  const outputs = plan.output_changes ?? {};
  return {
    planned: {
      ...{ stack, file, actions, toChange: actions.size, isNew: !hasState },
      ...(mode === "-destroy" ? { destroys: true, loses: [] } : dataOf(options, stack, plan)),
    },
    changes: (read) => outputChanges(outputs, read),
  };
}

/** What a plan says, which is kept beside it where that is asked for. */
async function lookAt(
  { keepsJson = false }: PlanStackOptions,
  context: TerraformContext,
  file: string,
): Promise<TerraformPlan> {
  const text = await showPlan(context, file);
  if (keepsJson) await keepPlanJson(file, text);
  return parsePlan(text);
}

/** What a plan does to data. */
function dataOf(
  { dataTypes = dataTypesOf([]) }: PlanStackOptions,
  { kind, name }: FleetStack,
  plan: TerraformPlan,
): Pick<PlannedStack, "loses" | "withdraws"> {
  const withdraws = kind === "data" ? withdrawalOf(plan) : undefined;
  return { loses: lostData(name, kind, plan, dataTypes), ...(withdraws && { withdraws }) };
}

/**
 * Plans again and again, as long as something is found that a deploy has made and not written down: so that it is taken
 * over by the plan that is reviewed.
 *
 * @returns the last plan
 * @throws {UserError} something is there that is not the stack's own
 */
async function takeOver(
  options: PlanStackOptions,
  stack: FleetStack,
  context: TerraformContext,
  file: string,
  first: TerraformPlan,
): Promise<TerraformPlan> {
  const { findMade } = options;
  let plan = first;
  const take: Made["take"][number][] = [];
  for (let round = 0; findMade && round < mostRounds && hasCreations(plan); round++) {
    const made = await findMade(stack, plan);
    if (made.conflicts.length > 0) throw conflictError(stack, made.conflicts);
    if (made.take.length === 0) break;
    take.push(...made.take);
    await whileImporting(context.folder, take, () => planStack(context, file));
    plan = await lookAt(options, context, file);
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
