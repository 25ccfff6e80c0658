import type { Rollout, Share, Stage } from "./model";
import type { FleetFile, RolloutEntry } from "./schema/fleet-file";
import { sortBy } from "./values";

/** How a stage is rolled out where the fleet file does not say. */
export const rolloutDefaults = {
  waves: [{ percent: 100 }],
  concurrency: { count: 10 },
  failureTolerance: { count: 0 },
  regions: "one-at-a-time",
  bake: 0,
} as const satisfies Partial<Rollout>;

/** Status code of the right answer to a verification where the fleet file does not say. */
const defaultStatus = 200;

/** Stages that serve real users, as far as their names tell. */
const productionStages: readonly string[] = ["production", "prod"];

/** Whether a stage serves real users, as far as its name tells. */
export function isProduction(stage: string): boolean {
  return productionStages.includes(stage);
}

/**
 * Some stages in the order in which they are rolled out: as the fleet file says it, and without a word of it by the
 * alphabet, with production last.
 *
 * @example stagesInOrder({}, ["staging", "production", "dev"]) // ["dev", "staging", "production"]
 */
export function stagesInOrder(
  { stages }: Pick<FleetFile, "stages">,
  names: Iterable<string>,
): readonly string[] {
  const place = (name: string) => (stages ? stages.indexOf(name) : Number(isProduction(name)));
  return [...new Set(names)].sort().sort((a, b) => place(a) - place(b));
}

/** The stages of some cells in the order of their rollout, with every default filled in. */
export function resolveStages(
  file: FleetFile,
  cells: readonly { readonly stage: string }[],
): readonly Stage[] {
  const names = stagesInOrder(
    file,
    cells.map(({ stage }) => stage),
  );
  return names.map((name) => ({ name, rollout: resolveRollout(file.rollout?.[name]) }));
}

/** A rollout, with every default filled in. */
export function resolveRollout(entry: RolloutEntry = {}): Rollout {
  const { bake, concurrency, failureTolerance, regions, rollback, verify, waves } = entry;
  return {
    waves: waves?.map((wave) => (Array.isArray(wave) ? wave : parseShare(wave))) ?? rolloutDefaults.waves,
    concurrency: concurrency === undefined ? rolloutDefaults.concurrency : parseShare(concurrency),
    failureTolerance:
      failureTolerance === undefined ? rolloutDefaults.failureTolerance : parseShare(failureTolerance),
    regions: regions ?? rolloutDefaults.regions,
    bake: bake === undefined ? rolloutDefaults.bake : seconds(bake),
    verify: verify && { path: verify.path, status: verify.status ?? defaultStatus },
    rollback: rollback ?? (verify ? "automatic" : "manual"),
  };
}

function parseShare(written: string | number): Share {
  if (typeof written === "number") return { count: written };
  return { percent: Number.parseInt(written, 10) };
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Seconds of a duration of the fleet file, such as `10m`. */
export function seconds(duration: string): number {
  return Number.parseInt(duration, 10) * (unitSeconds[duration.at(-1) ?? ""] ?? 1);
}

/**
 * How many of some cells a share is. A percentage is rounded up, so it is at least one of them unless it is zero; a
 * number is never more than there are.
 *
 * @example shareOf({ percent: 10 }, 5) // 1
 * @example shareOf({ count: 10 }, 3) // 3
 */
export function shareOf(share: Share, of: number): number {
  return "count" in share ? Math.min(share.count, of) : Math.ceil((of * share.percent) / 100);
}

/**
 * How many of some cells may fail. Unlike {@link shareOf}, a percentage is rounded down, as StackSets do it: no more may
 * fail than was said.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html
 *
 * @example toleranceOf({ percent: 10 }, 5) // 0
 */
export function toleranceOf(share: Share, of: number): number {
  return "count" in share ? Math.min(share.count, of) : Math.floor((of * share.percent) / 100);
}

interface Named {
  readonly name: string;
}

/**
 * A stage's cells in the waves of its rollout, by name within each: every cell once. A share is one of the cells that
 * neither a list names nor a wave before has had. Waves without cells are left out, and cells that are in none, which
 * the checks allow no fleet file, come last.
 *
 * @param cells cells of the stage: all, or those that were selected
 * @example wavesOf([{ name: "a" }, { name: "b" }, { name: "c" }], { waves: [["c"], { percent: 10 }, { percent: 100 }] })
 * // [[{ name: "c" }], [{ name: "a" }], [{ name: "b" }]]
 */
export function wavesOf<C extends Named>(
  cells: readonly C[],
  rollout: Pick<Rollout, "waves">,
): readonly (readonly C[])[] {
  const { filled, left } = fill(cells, rollout);
  return [...filled, left].filter(({ length }) => length > 0);
}

/** The cells of a stage that no wave of its rollout has, by name. */
export function cellsWithoutWave<C extends Named>(
  cells: readonly C[],
  rollout: Pick<Rollout, "waves">,
): readonly C[] {
  return fill(cells, rollout).left;
}

function fill<C extends Named>(cells: readonly C[], { waves }: Pick<Rollout, "waves">) {
  const named = new Set(waves.flatMap((wave) => (isList(wave) ? wave : [])));
  let left = sortBy(cells, ({ name }) => name);
  const filled = waves.map((wave) => {
    const rest = left.filter(({ name }) => (isList(wave) ? wave.includes(name) : !named.has(name)));
    const taken = new Set(isList(wave) ? rest : rest.slice(0, shareOf(wave, rest.length)));
    left = left.filter((cell) => !taken.has(cell));
    return [...taken];
  });
  return { filled, left };
}

function isList(wave: Rollout["waves"][number]): wave is readonly string[] {
  return Array.isArray(wave);
}
