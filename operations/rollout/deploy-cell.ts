import type { Rollout } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import type { RunStackState } from "../store/model";
import type { ScheduledCell } from "./schedule";

/** What a rollout does with each stack. */
export interface RolloutActions {
  /**
   * Deploys what was reviewed.
   *
   * @returns id of the release
   * @throws {NotBegun} the rollout was stopped before its turn
   * @throws with the reason why it was not deployed
   */
  apply(stack: FleetStack): Promise<string>;
  /**
   * Asks what was deployed for its answer; undefined where it is right.
   *
   * @throws with the reason why it could not be asked
   */
  verify(stack: FleetStack, rollout: Rollout): Promise<WrongAnswer | undefined>;
  /**
   * Takes a stack back to the last release that answered.
   *
   * @returns id of the release that it has now
   * @throws with the reason why it was not taken back
   */
  rollBack(stack: FleetStack): Promise<string>;
  /** Takes away what a stack no longer needs, now that it is deployed and, where that is asked, answers. Never throws. */
  tidy(stack: FleetStack): Promise<void>;
  /** Waits; ends early where the rollout is stopped. */
  pause(seconds: number): Promise<void>;
}

/** Why a stack was left out whose turn did not come. */
export const stopped = "it was stopped before its turn";

/** Thrown where nothing was done with a stack, because the rollout was stopped while it waited. */
export class NotBegun extends Error {
  constructor() {
    super(stopped);
    this.name = "NotBegun";
  }
}

/** What is wrong with what was deployed. */
export interface WrongAnswer {
  readonly why: string;
  /** Whether the release answered, and wrongly. Where nobody answers, or nobody is let in, an earlier one would not either. */
  readonly answered: boolean;
}

/** What is to be known of a stack before its turn. */
export interface RolloutStack {
  /** Why it could not be planned, e.g. because its region is down. */
  readonly failedPlan?: string;
  /** It reads outputs that other stacks have to make first. */
  readonly readsNewOutputs: boolean;
  /** Deployed already, and not verified: an earlier run ended before that. */
  readonly onlyVerify: boolean;
}

/** What has become of a stack. */
export interface StackNote {
  readonly state: RunStackState | "verifying" | "rolling-back" | "removing";
  readonly why?: string;
  readonly release?: string;
}

/** What the stacks of a rollout are deployed with. */
export interface RolloutContext {
  readonly about: (stack: FleetStack) => RolloutStack;
  readonly actions: RolloutActions;
  /** Told what becomes of each stack, as soon as it does. */
  readonly note: (stack: FleetStack, change: StackNote) => void;
  /** When aborted, nothing further begins; what has begun is finished. */
  readonly stop?: AbortSignal;
}

/** How the stacks of a cell went. */
export interface CellResult {
  readonly failed: boolean;
  /** It was deployed, and did not answer as it should. */
  readonly unverified: boolean;
  /** The change itself failed; a region that is down says nothing about the change. */
  readonly broken: boolean;
  /** Something of it is deployed, and answers if it was asked. */
  readonly deployed: boolean;
  /** What its regions share could not be planned: the run has not done all, and nothing is held up by that. */
  readonly unplannedData: boolean;
}

/** Of a cell whose turn did not come. */
export const untouched: CellResult = {
  ...{ failed: false, unverified: false, broken: false, deployed: false, unplannedData: false },
};

/** Applies a stack, unless that is done or cannot be. */
export async function deployStack(
  stack: FleetStack,
  { failedPlan, onlyVerify }: RolloutStack,
  actions: RolloutActions,
  note: RolloutContext["note"],
): Promise<"applied" | "unplanned" | "failed" | "stopped"> {
  if (failedPlan !== undefined) {
    note(stack, { state: "failed", why: failedPlan });
    return "unplanned";
  }
  if (onlyVerify) return "applied";
  note(stack, { state: "applying" });
  try {
    note(stack, { state: "applied", release: await actions.apply(stack) });
    return "applied";
  } catch (error) {
    const isStopped = error instanceof NotBegun;
    note(stack, { state: isStopped ? "skipped" : "failed", why: reason(error) });
    return isStopped ? "stopped" : "failed";
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Deploys the stacks of a cell: its data, then its targets step by step, each verified before the next, then its front.
 * Whatever does not answer goes back, and ends the cell's rollout. Data is asked nothing, and never goes back.
 *
 * Data that cannot be planned, because its home region is down, holds up nothing: a target elsewhere names its tables and
 * reads no state of theirs.
 */
export async function deployCell(
  { data, front, targets }: ScheduledCell,
  rollout: Rollout,
  { about, actions, note, stop }: RolloutContext,
): Promise<CellResult> {
  const undone = new Set<string>();
  let failed = false;
  let unverified = false;
  let broken = false;
  let deployed = false;
  let unplannedData = false;
  let halted: string | undefined;

  /** Deploys one stack, verifies it, and takes it back if it does not answer. */
  const deploy = async (stack: FleetStack): Promise<void> => {
    const why = halted ?? (stop?.aborted ? stopped : waitsFor(stack, about(stack), undone));
    if (why !== undefined) {
      undone.add(stack.name);
      note(stack, { state: "skipped", why });
      return;
    }
    const result = await deployStack(stack, about(stack), actions, note);
    if (stack.kind === "data" && (result === "applied" || result === "unplanned")) {
      unplannedData ||= result === "unplanned";
      // Beside functions, that tables came out says nothing of whether these do.
      deployed ||= result === "applied" && targets.flat().length + front.length === 0;
      return;
    }
    if (result !== "applied") {
      failed ||= result !== "stopped";
      undone.add(stack.name);
      if (result === "failed") {
        broken = true;
        halted ??= `${stack.name} failed`;
      }
      return;
    }
    if (!rollout.verify) {
      deployed = true;
      await actions.tidy(stack);
      return;
    }
    note(stack, { state: "verifying" });
    const wrong = await actions
      .verify(stack, rollout)
      .catch((error: unknown): WrongAnswer => ({ why: reason(error), answered: false }));
    if (wrong === undefined) {
      deployed = true;
      note(stack, { state: "verified" });
      await actions.tidy(stack);
      return;
    }
    undone.add(stack.name);
    failed = true;
    unverified = true;
    halted ??= `${stack.name} ${wrong.answered ? "did not answer as it should" : "could not be verified"}`;
    const { answered, why: what } = wrong;
    if (rollout.rollback === "manual" || !answered) {
      note(stack, { state: "failed", why: answered ? what : `it is deployed, and not verified: ${what}` });
      return;
    }
    note(stack, { state: "rolling-back", why: what });
    try {
      note(stack, { state: "rolled-back", why: what, release: await actions.rollBack(stack) });
    } catch (error) {
      note(stack, { state: "failed", why: `${what}; it was not taken back: ${reason(error)}` });
    }
  };

  for (const step of [...data, ...targets]) await Promise.all(step.map(deploy));
  for (const stack of front) await deploy(stack);
  return { failed, unverified, broken, deployed, unplannedData };
}

/** What a stack cannot do without. */
function waitsFor(
  { after }: FleetStack,
  { readsNewOutputs }: RolloutStack,
  undone: ReadonlySet<string>,
): string | undefined {
  if (!readsNewOutputs) return undefined;
  const missing = after.find((name) => undone.has(name));
  return missing === undefined ? undefined : `${missing}, which it reads, is not deployed`;
}
