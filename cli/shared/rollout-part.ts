import { UserError } from "../../fleet/errors";
import { assemblyRoot } from "../../fleet/project";
import type { FleetStack } from "../../fleet/stacks";
import { quoted } from "../../fleet/wording";
import type { FleetPlan } from "../../operations/plan/plan-fleet";
import { leftToDo, toGoOnWith } from "../../operations/rollout/attempts";
import type { Shard } from "../../operations/rollout/deal";
import { failedBefore } from "../../operations/rollout/judge-wave";
import { hasWave, partOfWave, type WantedWave, type WavePart, waveOf } from "../../operations/rollout/part";
import type { RolloutPart, RolloutWave, RunRecord } from "../../operations/store/model";
import { mapFew } from "../../operations/store/objects";
import { reason } from "../../operations/store/states";
import type { PlannedFleet } from "./fleet-plan";
import { type FleetWork, say } from "./fleet-work";

/** Options of a deploy that is a part of a rollout. */
export interface PartOptions {
  readonly stage?: readonly string[];
  readonly wave?: number;
  /** As written: `3/10`. */
  readonly shard?: string;
  /** Id of the rollout. */
  readonly rollout?: string;
  readonly plan?: string;
  readonly resume?: string | true;
  readonly remove?: boolean;
}

/** What the options ask for. */
export interface WantedPart {
  /** Absent where the run is no part of a rollout, or of one that has only this run. */
  readonly rollout?: string;
  readonly wave?: WantedWave;
}

/** It is a part of a key of the store. CodePipeline's are UUIDs. */
const rolloutIds = /^[A-Za-z0-9][\w.-]{0,99}$/;

/**
 * Reads the options that say which part of a rollout a deploy is.
 *
 * @throws {UserError} they do not go together
 */
export function wantedPart(options: PartOptions): WantedPart {
  const { plan, remove, resume, rollout, shard, stage = [], wave } = options;
  if (rollout !== undefined && !rolloutIds.test(rollout)) throw noId(rollout);
  if (rollout !== undefined && resume !== undefined) throw goesOn();
  if (shard !== undefined) {
    const missing = [
      ...(wave === undefined ? ["--wave"] : []),
      ...(rollout === undefined ? ["--rollout"] : []),
      ...(plan === undefined ? ["--plan"] : []),
    ];
    if (missing.length > 0) throw needs(missing);
  }
  if (wave === undefined) return { rollout };
  const [name, ...more] = stage;
  if (name === undefined || more.length > 0 || /[*?]/.test(name)) throw oneStage();
  if (remove) throw noOrphans();
  return { rollout, wave: { stage: name, wave, ...(shard !== undefined && { shard: shardOf(shard) }) } };
}

/** @throws {UserError} it is none */
function shardOf(text: string): Shard {
  const [, number = 0, of = 0] = (/^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? []).map(Number);
  if (number >= 1 && number <= of) return { number, of };
  throw new UserError(
    `--shard ${text} is no share of a wave`,
    "each build deploys what is dealt to it, and what is dealt to nobody would stay as it is",
    "write which of how many: --shard 1/3, --shard 2/3, --shard 3/3",
  );
}

function noId(id: string): UserError {
  return new UserError(
    `--rollout ${quoted(id)} is no id of a rollout`,
    "what the builds of a rollout tell each other is kept under it",
    "use letters, digits, `.`, `_` and `-`, at most 100, such as the id of CodePipeline's execution",
  );
}

function goesOn(): UserError {
  return new UserError(
    "--resume and --rollout do not go together",
    "a deploy of a rollout goes on by itself with what an earlier attempt has left",
    "leave out --resume",
  );
}

function needs(missing: readonly string[]): UserError {
  return new UserError(
    `--shard needs ${missing.join(" and ")}`,
    "a wave is dealt by what was planned, alike in every build, and the builds find each other by the id of their rollout",
    "npx meridian deploy --plan <folder> --stage <stage> --wave 1 --shard 1/3 --rollout <id>",
  );
}

function oneStage(): UserError {
  return new UserError(
    "--wave needs one --stage, by its name",
    "waves are numbered inside their stage",
    "npx meridian deploy --stage <stage> --wave 1",
  );
}

function noOrphans(): UserError {
  return new UserError(
    "--remove and --wave do not go together",
    "orphans are in no wave, and every build would take away the same ones",
    "take them away in a deploy of its own, without --wave",
  );
}

/**
 * Whether the fleet of an assembly has nothing that is asked for: no wave of that number, or none of what is selected, which
 * was said then. The next execution of a pipeline, which has updated itself, asks for it no longer.
 *
 * @param root folder of the assembly that is worked on. @default that of this process
 */
export function isGone(
  { fleet, selected }: Pick<FleetWork, "fleet" | "selected">,
  { wave }: WantedPart,
  root = assemblyRoot,
): boolean {
  if (root === undefined) return false;
  if (selected.length === 0) return true;
  if (!wave || hasWave(fleet, wave)) return false;
  say(
    `note: the stage ${wave.stage} of this assembly has no wave ${wave.wave}, so there is nothing to do for it`,
  );
  return true;
}

/**
 * The work on a wave alone, and the whole stage where its plans are there already.
 *
 * @throws {UserError} there is no such wave, or nothing of it is selected
 */
export function inWave(work: FleetWork, { wave }: WantedPart, hasPlans: boolean): FleetWork {
  if (!wave) return work;
  const cells = new Set(waveOf(work.fleet, wave).cells);
  const selected = work.selected.filter(({ cell = "" }) => cells.has(cell));
  if (selected.length > 0) return hasPlans ? work : { ...work, selected };
  throw new UserError(
    `nothing of wave ${wave.wave} of ${wave.stage} is selected`,
    "there would be nothing to deploy",
    "leave out what narrows the selection, such as --cell",
  );
}

/** @throws {UserError} a wave before the wanted one has failed in this rollout */
export async function requireEarlierWaves({ fleet, store }: FleetWork, wanted: WantedPart): Promise<void> {
  const { rollout, wave } = wanted;
  if (!wave || rollout === undefined) return;
  const { stage } = waveOf(fleet, wave);
  const why = await known(
    store,
    failedBefore(store, { id: rollout, ...wave }, stage.rollout.failureTolerance),
  );
  if (why === undefined) return;
  throw new UserError(
    `wave ${wave.wave} of ${wave.stage} is not begun: ${why}`,
    "a wave is there to find out whether the next one should be begun",
    "mend what failed, and deploy that wave again in this rollout; or begin a new one",
  );
}

/** A rollout that a run is a part of. */
export interface OpenRollout {
  readonly part: RolloutPart;
  /** Runs of the same part, or of others of its wave, before this one. Oldest first. */
  readonly runs: readonly RunRecord[];
  /** Those of them that were given the same plans: what these have begun is what is reviewed now. */
  readonly attempts: readonly RunRecord[];
  readonly wave?: WavePart;
}

/** What a run does of what was reviewed. */
export interface OpenPart {
  readonly work: FleetWork;
  readonly reviewed: PlannedFleet;
  /** Names of stacks that earlier attempts have deployed and not verified. */
  readonly unverified: ReadonlySet<string>;
  readonly resumed?: RunRecord;
  readonly rollout?: OpenRollout;
}

/**
 * Takes out of what was reviewed all that is for other builds, and what earlier attempts have done. Notes of cells that
 * failed in these are taken back: they get another chance now.
 */
export async function openPart(
  work: FleetWork,
  reviewed: PlannedFleet,
  { rollout: id, wave: wanted }: WantedPart,
): Promise<OpenPart> {
  const { fleet, store } = work;
  const wave = wanted && partOfWave(fleet, wanted, planHas(reviewed));
  const isOwn = ({ cell = "" }: FleetStack) => !wave || wave.own.has(cell);
  const own: FleetWork = { ...work, selected: work.selected.filter(isOwn) };
  const names = new Set(own.selected.map(({ name }) => name));
  const plan = partOf(reviewed.plan, (name) => !wave || names.has(name));
  if (id === undefined) return { work: own, reviewed: { ...reviewed, plan }, unverified: new Set() };
  const { digest } = reviewed;
  const part: RolloutPart = { id, ...wanted, ...(digest !== undefined && { plans: digest }) };
  const all = await known(store, store.runsOf(part));
  const runs = all.filter(({ rollout }) => rollout?.wave === part.wave);
  const attempts = runs.filter(({ rollout }) => rollout?.plans === digest);
  const { unverified, ...left } = await leftToDo(plan, attempts, work);
  if (wave) await known(store, forgetFailures(store, { id, ...wave }, wave));
  return {
    ...{ work: own, reviewed: { ...reviewed, plan: left.plan }, unverified },
    resumed: toGoOnWith(runs, (name) => names.has(name)),
    rollout: { part, runs, attempts, wave },
  };
}

async function forgetFailures(
  store: FleetWork["store"],
  at: RolloutWave,
  { own }: Pick<WavePart, "own">,
): Promise<void> {
  const failed = (await store.failedCells(at)).filter((cell) => own.has(cell));
  await mapFew(failed, (cell) => store.forgetFailure(at, cell));
}

/** @throws {UserError} what is kept of a rollout cannot be read or written */
async function known<T>({ place }: FleetWork["store"], asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    throw new UserError(
      `what is kept of the rollout in ${place} cannot be read or written: ${reason(error)}`,
      "its builds count failures together, and none may deploy that does not see the others'",
      "let the role that keeps runs (--record-role, or the deploy role of the account of the state) read and write runs/ and rollouts/ there",
    );
  }
}

/** Whether what was reviewed has something for a stack, be it done by now or not. */
function planHas({ picture, plan }: PlannedFleet): (stack: FleetStack) => boolean {
  const names = new Set([
    ...[...plan.planned.keys(), ...plan.failed.keys()],
    ...[...picture.changed, ...picture.failed.map(({ stack }) => stack)],
  ]);
  return ({ name }) => names.has(name);
}

/** A plan of some of its stacks alone. */
export function partOf(
  { failed, planned, unchanged }: FleetPlan,
  isIn: (name: string) => boolean,
): FleetPlan {
  return {
    planned: new Map([...planned].filter(([name]) => isIn(name))),
    unchanged: unchanged.filter(({ name }) => isIn(name)),
    failed: new Map([...failed].filter(([name]) => isIn(name))),
  };
}
