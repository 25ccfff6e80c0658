import { attemptBegan } from "../../operations/rollout/attempts";
import { judgeWave } from "../../operations/rollout/judge-wave";
import type { RolloutResult } from "../../operations/rollout/roll-out";
import { type Tally, tallyOfBuilds } from "../../operations/rollout/tally";
import { reason } from "../../operations/store/states";
import { type FleetWork, say } from "./fleet-work";
import type { OpenRollout } from "./rollout-part";

/** A wave that several builds deploy, as one of them sees it. */
export interface OpenWave {
  readonly tally: Tally;
  /** How the run ended, as far as others are concerned: what they have done to the wave counts, too. */
  judged(result: RolloutResult): Promise<RolloutResult>;
}

/** @returns undefined where the run deploys no wave */
export function openWave(
  { fleet, store }: Pick<FleetWork, "fleet" | "store">,
  { part: { id, shard }, runs, wave: part }: Omit<OpenRollout, "attempts">,
  { run, started }: { readonly run: string; readonly started: string },
): OpenWave | undefined {
  if (!part) return undefined;
  const wave = { id, stage: part.stage, wave: part.wave };
  const since = attemptBegan(runs, { started, shard });
  const onProblem = (what: string) => say(`note: ${what}`);
  const tally = tallyOfBuilds({
    ...{ store, wave, run, since, onProblem, cells: part.cells.length, atOnce: part.atOnce },
  });
  return {
    tally,
    async judged(result) {
      if (result.outcome === "stopped") return result;
      const why = await judgeWave({ fleet, part, wave, store, since, failures: tally.failures }).catch(
        (error: unknown) => `it cannot be told what became of the other builds of the wave: ${reason(error)}`,
      );
      return why === undefined ? result : { outcome: "failed", halted: result.halted ?? why };
    },
  };
}
