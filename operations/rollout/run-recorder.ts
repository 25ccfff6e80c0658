import type { FleetStack } from "../../fleet/stacks";
import type { FleetStore, RunRecord, RunStack, RunStackState } from "../store/model";
import type { StackNote } from "./deploy-cell";
import { type Schedule, stacksOf } from "./schedule";

/** Keeps the record of a run beside the state, as far as it is. */
export interface RunRecorder {
  readonly id: string;
  note(stack: FleetStack, note: StackNote): void;
  /** Notes that Terraform begins to apply a stack. Resolves when that is written, or cannot be. */
  begin(stack: FleetStack): Promise<void>;
  /** Writes how it ended, and what it left. Resolves when the record is written. */
  end(outcome: NonNullable<RunRecord["outcome"]>, left: RunRecord["left"]): Promise<void>;
  readonly record: () => RunRecord;
}

/** A stack that is in one of these has not come to its end in the run: its Terraform may hold the lock of its state. */
const underWay: ReadonlySet<StackNote["state"]> = new Set(["waiting", "planned", "applying", "rolling-back"]);

/** States of a moment; what is kept is what holds until the next one. */
const lasting: Readonly<Record<StackNote["state"], RunStackState>> = {
  waiting: "waiting",
  planned: "planned",
  applying: "applying",
  applied: "applied",
  verifying: "applied",
  verified: "verified",
  failed: "failed",
  "rolling-back": "applying",
  "rolled-back": "rolled-back",
  removing: "applying",
  removed: "removed",
  skipped: "skipped",
};

/**
 * Begins the record of a run. It is written before anything changes, so that a run that is killed has left its name.
 *
 * @param orphans that are taken away
 * @param onProblem told once that the record cannot be kept; the run itself goes on
 */
export async function recordRun(
  store: FleetStore,
  about: Omit<RunRecord, "stacks" | "stages" | "version">,
  schedule: Schedule,
  orphans: readonly FleetStack[],
  onProblem: (error: unknown) => void,
): Promise<RunRecorder> {
  let record: RunRecord = { version: 1, ...about, ...shapeOf(schedule, orphans) };
  let failed = false;
  const save = async () => {
    try {
      await store.saveRun(record);
    } catch (error) {
      if (!failed) onProblem(error);
      failed = true;
    }
  };
  await save();
  return {
    id: record.id,
    record: () => record,
    note({ name }, { release, state, why }) {
      const before = record.stacks[name];
      if (!before) return;
      const now = new Date().toISOString();
      const after: RunStack = {
        ...before,
        state: lasting[state],
        why,
        release: release ?? before.release,
        started: before.started ?? now,
        ended: underWay.has(state) ? undefined : now,
      };
      record = { ...record, stacks: { ...record.stacks, [name]: after } };
      void save();
    },
    async begin({ name }) {
      const before = record.stacks[name];
      if (!before) return;
      record = { ...record, stacks: { ...record.stacks, [name]: { ...before, begun: true } } };
      await save();
    },
    async end(outcome, left) {
      record = { ...record, outcome, left: left?.length ? left : undefined, ended: new Date().toISOString() };
      await save();
    },
  };
}

function shapeOf(
  { foundation, stages }: Schedule,
  orphans: readonly FleetStack[],
): Pick<RunRecord, "stacks" | "stages"> {
  const entry = ({ account, cell, stage }: FleetStack, wave?: number): RunStack => ({
    account: account.id,
    cell,
    stage,
    wave,
    state: "waiting",
  });
  const stacks: Record<string, RunStack> = {};
  for (const stack of foundation) stacks[stack.name] = entry(stack);
  for (const { waves } of stages) {
    for (const [index, wave] of waves.entries()) {
      for (const stack of wave.flatMap(stacksOf)) stacks[stack.name] = entry(stack, index + 1);
    }
  }
  for (const stack of orphans) stacks[stack.name] = { ...entry(stack), orphan: true };
  return {
    stacks,
    stages: stages.map(({ stage, waves }) => ({
      name: stage.name,
      waves: waves.map((wave) => wave.map(({ cell }) => cell.name)),
    })),
  };
}
