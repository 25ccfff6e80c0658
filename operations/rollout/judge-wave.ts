import type { Fleet } from "../../fleet/model";
import { toleranceOf } from "../../fleet/rollout";
import { fleetStacks } from "../../fleet/stacks";
import type { FailedCell, FleetStore, RolloutWave, RunRecord } from "../store/model";
import { lastOf } from "./attempts";
import type { WavePart } from "./part";
import { cells, tooManyFailed } from "./roll-out";

/** What is known of a wave when one of its builds has come to its end. */
export interface WaveEnd {
  readonly fleet: Fleet;
  readonly part: WavePart;
  readonly wave: RolloutWave;
  readonly store: Pick<FleetStore, "failedCells" | "failure" | "runsOf">;
  /** Cells that have failed in this attempt, in all builds. */
  readonly failures: () => Promise<readonly FailedCell[]>;
  /** When this attempt began: ISO 8601. */
  readonly since: string;
}

/**
 * Why what comes after a wave must not begin; undefined where it may. Each build asks when it has ended and written that
 * down, so that the last of them sees all. What holds back the next stage although it is tolerated, answers that are wrong and
 * a change that came out nowhere, is asked at the end of the last wave.
 */
export async function judgeWave(end: WaveEnd): Promise<string | undefined> {
  const { failures, part, store, wave } = end;
  const { failureTolerance } = part.rollout;
  const tolerated = toleranceOf(failureTolerance, part.cells.length);
  const tooMany = await tooManyFailed({ failed: async () => (await failures()).length }, tolerated, part);
  if (tooMany !== undefined || !part.isLast) return tooMany;
  const earlier = await Promise.all(
    Array.from({ length: part.wave - 1 }, (_, index) => failuresOf(store, { ...wave, wave: index + 1 })),
  );
  const all = [...earlier.flat(), ...(await failures())];
  const unverified = all.filter((failure) => failure.unverified).length;
  if (unverified > 0)
    return `${part.stage} is not verified: ${cells(unverified)} did not answer as they should`;
  if (!all.some(({ broken }) => broken)) return undefined;
  const runs = await store.runsOf({ id: wave.id, stage: wave.stage });
  return isDeployedAnywhere(runs, end) || !isOver(runs, end)
    ? undefined
    : `${part.stage} is not verified: nothing of it could be deployed`;
}

async function failuresOf(store: WaveEnd["store"], wave: RolloutWave): Promise<readonly FailedCell[]> {
  const names = await store.failedCells(wave);
  return (await Promise.all(names.map((name) => store.failure(wave, name)))).flatMap((each) => each ?? []);
}

/** That tables came out says nothing of whether functions do. */
function isDeployedAnywhere(runs: readonly RunRecord[], { fleet, part }: WaveEnd): boolean {
  const wanted = part.rollout.verify ? "verified" : "applied";
  const last = lastOf(runs);
  return fleetStacks(fleet).some(({ kind, name }) => kind !== "data" && last.get(name)?.state === wanted);
}

/** Whether all builds of this attempt have ended that have something to do: one that has not may still deploy something. */
function isOver(runs: readonly RunRecord[], { part, since, wave }: WaveEnd): boolean {
  const ended = runs.filter(
    ({ ended, rollout, started }) => rollout?.wave === wave.wave && started >= since && ended !== undefined,
  );
  const numbers = new Set(ended.map(({ rollout }) => rollout?.shard?.number ?? 1));
  return part.busy.every((number) => numbers.has(number));
}

/**
 * Why a wave must not begin: one before it failed. Undefined where none did.
 *
 * @param wanted the wave that is to begin
 */
export async function failedBefore(
  store: WaveEnd["store"],
  wanted: RolloutWave,
  failureTolerance: WavePart["rollout"]["failureTolerance"],
): Promise<string | undefined> {
  for (let number = 1; number < wanted.wave; number++) {
    const wave = { ...wanted, wave: number };
    const failed = await store.failedCells(wave);
    if (failed.length === 0) continue;
    const runs = await store.runsOf(wave);
    const all = new Set(
      runs.flatMap(({ stages = [] }) => stages.flatMap(({ waves }) => waves[number - 1] ?? [])),
    );
    const tolerated = toleranceOf(failureTolerance, all.size);
    const why = await tooManyFailed({ failed: async () => failed.length }, tolerated, wave);
    if (why !== undefined) return why;
  }
  return undefined;
}
