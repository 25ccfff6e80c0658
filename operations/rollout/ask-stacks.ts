import { UserError } from "../../fleet/errors";
import type { Cell, Fleet, Target } from "../../fleet/model";
import { toleranceOf, wavesOf } from "../../fleet/rollout";
import type { FleetStack } from "../../fleet/stacks";
import type { AwsSession } from "../aws/role-credentials";
import type { FleetStore } from "../store/model";
import { mapFew } from "../store/objects";
import { reason } from "../store/states";
import { outputsOf } from "../store/store";
import { type AskedUrl, type Expected, type Patience, verifyFront, verifyTarget } from "./verify";

/** Who is asked, and how. */
export interface AskContext {
  readonly fleet: Fleet;
  readonly store: Pick<FleetStore, "state">;
  readonly session: AwsSession;
  /** Stops the asking when aborted. */
  readonly signal?: AbortSignal;
  /** @default 30 s */
  readonly patience?: Patience;
}

/** Who is asked of several stacks. */
export interface AskAllContext extends AskContext {
  /** Told of a stack that was never deployed, which is left out then. @default it counts as one that does not answer */
  readonly onNew?: (stack: FleetStack) => void;
}

/** The targets of a cell that are in a stack. */
export function targetsIn(cell: Cell, { name }: Pick<FleetStack, "name">): readonly Target[] {
  return cell.targets.filter((target) => target.stack === name);
}

/**
 * Asks what was deployed with a stack for its answer: each target's function URL, or the front.
 *
 * @returns nothing where a stack has nothing that answers
 * @throws nobody could be asked
 */
export async function askStack(
  { fleet, store, ...how }: AskContext,
  stack: FleetStack,
  verify: Expected,
): Promise<readonly AskedUrl[]> {
  const cell = fleet.cells.find(({ name }) => name === stack.cell);
  if (!cell || (stack.kind !== "target" && stack.kind !== "front")) return [];
  const state = await store.state({ stack: stack.name, account: stack.account });
  const asked = { ...how, cell, verify, outputs: state ? outputsOf(state) : {} };
  const asking =
    stack.kind === "front"
      ? [verifyFront(asked)]
      : targetsIn(cell, stack).map((target) => verifyTarget({ ...asked, target }));
  const answers = await Promise.all(asking).catch((error: unknown) => {
    throw state ? error : neverDeployed(stack);
  });
  return answers.flatMap((answer) => answer.asked);
}

function neverDeployed({ name }: FleetStack): UserError {
  return new UserError(
    `${name} was never deployed: npx meridian deploy`,
    "it has no state, and so no URL to ask",
    "deploy it, and verify it then",
  );
}

/** What a stack answered. */
export interface StackAnswer {
  readonly stack: FleetStack;
  readonly asked: readonly AskedUrl[];
  /** Why nobody could be asked. */
  readonly why?: string;
}

/** What a wave answered. */
export interface WaveAnswer {
  readonly stage: string;
  /** Its number inside its stage, from 1. */
  readonly wave: number;
  /** In rollout order. */
  readonly stacks: readonly StackAnswer[];
  /** Names of the cells that were asked. */
  readonly cells: readonly string[];
  /** Those of them that answer wrongly, or not at all. */
  readonly wrong: readonly string[];
  /** How many may. */
  readonly tolerated: number;
}

/** Whether what a stack answered is right. */
export function isRight({ asked, why }: StackAnswer): boolean {
  return why === undefined && asked.every((url) => url.why === undefined);
}

/**
 * Asks stacks for their answers, wave by wave as a deploy does, and holds what is wrong against what their stages tolerate.
 * Stages that ask for no answer are left out.
 */
export async function askStacks(
  { onNew, ...context }: AskAllContext,
  stacks: readonly FleetStack[],
): Promise<readonly WaveAnswer[]> {
  const { cells, stages } = context.fleet;
  const waves = stages.flatMap(({ name: stage, rollout }) => {
    const { verify } = rollout;
    if (!verify) return [];
    const ordered = wavesOf(
      cells.filter((cell) => cell.stage === stage),
      rollout,
    );
    return ordered.map((wave, index) => {
      const names = new Set(wave.map(({ name }) => name));
      const own = stacks.filter(
        ({ cell = "", kind }) => names.has(cell) && (kind === "target" || kind === "front"),
      );
      return { stage, wave: index + 1, own, verify, tolerance: rollout.failureTolerance };
    });
  });
  const answers = new Map<string, StackAnswer>();
  const questions = waves.flatMap(({ own, verify }) => own.map((stack) => ({ stack, verify })));
  await mapFew(questions, async ({ stack, verify }) => {
    if (onNew && (await isNew(context.store, stack))) {
      onNew(stack);
      return;
    }
    const answer = await askStack(context, stack, verify).then(
      (asked) => ({ stack, asked }),
      (error: unknown) => ({ stack, asked: [], why: reason(error) }),
    );
    answers.set(stack.name, answer);
  });
  return waves.flatMap(({ own, stage, tolerance, wave }) => {
    const found = own.flatMap(({ name }) => answers.get(name) ?? []);
    if (found.length === 0) return [];
    const asked = [...new Set(found.flatMap(({ stack }) => stack.cell ?? []))];
    const wrong = asked.filter((cell) => found.some((each) => each.stack.cell === cell && !isRight(each)));
    return [
      { stage, wave, stacks: found, cells: asked, wrong, tolerated: toleranceOf(tolerance, asked.length) },
    ];
  });
}

/** Whether a stack has no state. One that cannot be read is none of a new stack: it is asked, and says why. */
async function isNew(store: AskContext["store"], { account, name: stack }: FleetStack): Promise<boolean> {
  return store.state({ stack, account }).then(
    (state) => state === undefined,
    () => false,
  );
}
