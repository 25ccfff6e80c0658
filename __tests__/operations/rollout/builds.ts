import type { Fleet } from "../../../fleet/model";
import type { FleetStack } from "../../../fleet/stacks";
import { attemptBegan } from "../../../operations/rollout/attempts";
import { judgeWave } from "../../../operations/rollout/judge-wave";
import { partOfWave } from "../../../operations/rollout/part";
import { type RolloutResult, rollOut } from "../../../operations/rollout/roll-out";
import { scheduleOf } from "../../../operations/rollout/schedule";
import { tallyOfBuilds } from "../../../operations/rollout/tally";
import type {
  FailedCell,
  FleetStore,
  RolloutPart,
  RunRecord,
  RunStack,
} from "../../../operations/store/model";

/** What builds share, in memory. */
export interface SharedStore
  extends Pick<FleetStore, "failedCells" | "failure" | "forgetFailure" | "noteFailure" | "runsOf"> {
  readonly runs: RunRecord[];
  /** Failures by wave and cell. */
  readonly notes: Map<string, FailedCell>;
}

/** A store that takes a moment for everything. */
export function sharedStore(): SharedStore {
  const runs: RunRecord[] = [];
  const notes = new Map<string, FailedCell>();
  const moment = () => new Promise<void>((resolve) => setImmediate(resolve));
  const keyOf = ({ id, stage, wave }: RolloutPart, cell = "") => `${id}/${stage}/${wave}/${cell}`;
  return {
    ...{ runs, notes },
    async failedCells(wave) {
      await moment();
      const start = keyOf(wave);
      return [...notes.keys()]
        .flatMap((key) => (key.startsWith(start) ? [key.slice(start.length)] : []))
        .sort();
    },
    async failure(wave, cell) {
      await moment();
      return notes.get(keyOf(wave, cell));
    },
    async forgetFailure(wave, cell) {
      await moment();
      notes.delete(keyOf(wave, cell));
    },
    async noteFailure(wave, failure) {
      await moment();
      notes.set(keyOf(wave, failure.cell), failure);
    },
    async runsOf({ id, stage, wave }) {
      return runs.filter(
        ({ rollout }) =>
          rollout?.id === id &&
          (stage === undefined || rollout.stage === stage) &&
          (wave === undefined || rollout.wave === wave),
      );
    },
  };
}

/** One attempt at a wave, by builds side by side. */
export interface Attempt {
  readonly fleet: Fleet;
  readonly store: SharedStore;
  readonly stage: string;
  readonly wave: number;
  readonly shards: number;
  readonly isConcerned?: (stack: FleetStack) => boolean;
  /** Why the deploy of a cell fails: `broken` in its first stack, `wrong` by its answer. */
  readonly failing?: ReadonlyMap<string, "broken" | "wrong">;
  /** Turns of the loop that the deploy of a stack takes. @default 1 */
  readonly turns?: (stack: FleetStack) => number;
  /** Turns of the loop after which a build begins. @default none */
  readonly delay?: (shard: number) => number;
  /** Told when a cell begins. */
  readonly onBegin?: (cell: string, shard: number) => void;
}

/** How the builds of an attempt ended. */
export interface AttemptEnd {
  readonly results: readonly RolloutResult[];
  /** Names of the cells that were begun, by build. */
  readonly begun: readonly (readonly string[])[];
}

let clock = 0;

/** Later than the last one, however fast the test is. */
function now(): string {
  return new Date(Date.UTC(2026, 10, 27) + ++clock).toISOString();
}

/** Lets all builds of a wave deploy what is dealt to them, as cli/deploy.ts lets one. */
export async function attempt(given: Attempt): Promise<AttemptEnd> {
  const numbers = Array.from({ length: given.shards }, (_, index) => index + 1);
  const ends = await Promise.all(numbers.map((number) => build(given, number)));
  return { results: ends.map(({ result }) => result), begun: ends.map(({ begun }) => begun) };
}

async function build(given: Attempt, number: number) {
  const { failing = new Map(), fleet, isConcerned = () => true, shards, stage, store, turns } = given;
  const pass = async (times: number) => {
    for (let turn = 0; turn < times; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  await pass(given.delay?.(number) ?? 0);
  const shard = { number, of: shards };
  const wave = { id: "7f1c", stage, wave: given.wave };
  const part = partOfWave(fleet, { stage, wave: given.wave, shard }, isConcerned);
  const started = now();
  const run = `${started}-${number}`;
  const since = attemptBegan(await store.runsOf(wave), { started, shard });
  for (const cell of await store.failedCells(wave))
    if (part.own.has(cell)) await store.forgetFailure(wave, cell);
  const stacks: Record<string, RunStack> = {};
  const begun: string[] = [];
  const isIn = (stack: FleetStack) => isConcerned(stack) && part.own.has(stack.cell ?? "");
  const schedule = scheduleOf(fleet, isIn);
  const record = {
    ...{ id: run, started, stacks, rollout: { ...wave, shard } },
    stages: schedule.stages.map((one) => ({
      name: one.stage.name,
      waves: one.waves.map((cells) => cells.map(({ cell }) => cell.name)),
    })),
  } as unknown as RunRecord & { ended?: string };
  if (part.cells.some((cell) => part.own.has(cell))) store.runs.push(record);
  const tally = tallyOfBuilds({
    ...{ store, wave, run, since, cells: part.cells.length, atOnce: part.atOnce },
    onProblem: (what) => {
      throw new Error(what);
    },
    now,
  });
  const result = await rollOut({
    ...{ schedule, tally },
    about: () => ({ readsNewOutputs: false, onlyVerify: false }),
    note: ({ account, cell, name }, { state }) => {
      stacks[name] = { account: account.id, cell, stage, state } as RunStack;
    },
    actions: {
      async apply(stack) {
        const { cell = "" } = stack;
        if (!begun.includes(cell)) {
          begun.push(cell);
          given.onBegin?.(cell, number);
        }
        await pass(turns?.(stack) ?? 1);
        if (failing.get(cell) === "broken") throw new Error("AWS said no");
        return "release";
      },
      verify: async ({ cell = "" }) =>
        failing.get(cell) === "wrong" ? { why: "it answered 500", answered: true } : undefined,
      rollBack: async () => "earlier release",
      tidy: async () => {},
      pause: async () => {},
    },
  });
  record.ended = now();
  const why = await judgeWave({ fleet, part, wave, store, since, failures: tally.failures });
  return { begun, result: why === undefined ? result : { outcome: "failed" as const, halted: why } };
}
